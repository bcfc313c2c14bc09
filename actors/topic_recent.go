package actors

// recentEvents are the last events of a topic.
type recentEvents struct {
	most   int // below 0 for none
	all    []eventPiece
	octets int
	before string // id of the event before them
	last   string // id of the last event, kept or not
}

// An eventPiece is an event as clients get it.
type eventPiece struct {
	id, key string
	octets  []byte
}

func (r *recentEvents) add(piece eventPiece) {
	r.last = piece.id
	r.all = append(r.all, piece)
	r.octets += len(piece.octets)
	for len(r.all) > 0 && (len(r.all) > max(r.most, 0) || r.octets > replayOctets) {
		r.before = r.all[0].id
		r.octets -= len(r.all[0].octets)
		r.all[0] = eventPiece{}
		r.all = r.all[1:]
	}
	if len(r.all) == 0 {
		r.all = nil
	}
}

// since returns the events after the one with that id; false if they are not known.
func (r *recentEvents) since(id string) (missed []eventPiece, known bool) {
	if id == r.last {
		return nil, true
	}
	for i := len(r.all) - 1; i >= 0; i-- {
		if r.all[i].id == id {
			return r.all[i+1:], true
		}
	}
	return r.all, id == r.before
}

package actors

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// A Subscriber is a client that gets the events of a topic. It may be used from any goroutine.
type Subscriber struct {
	topic   *Topic
	request *Request

	// The lock of the topic guards what follows.
	demand *ReadBody  // of the connection; nil if it has not asked for more
	to     *actor.PID // the connection
	first  []byte     // comes before the outbox
	outbox []eventPiece
	octets int  // in the outbox
	ending bool // it ends when the connection asks for more
	gone   bool // the stream is over
}

// Events makes a response that goes on for as long as the client listens: a stream of the events of the topic. It
// subscribes the client at once, so that no event is lost before the stream begins.
//
// The first events go to this client only, before all others: they tell a new client how things stand. A client that
// comes back says which event it got last, by the field Last-Event-ID or the parameter lastEventId of the query: it gets
// those after that instead, or, if they are forgotten, an event of the type Resync and then the first ones.
//
// An answer with the status 204 instead keeps a browser from coming back.
func (r *Request) Events(topic *Topic, first ...Event) *Response {
	if topic == nil {
		mistake("Events: the topic is nil: use NewTopic, or TopicOf within an actor")
	}
	if r.env == nil {
		mistake("Events: the request was made by hand: nobody listens")
	}
	s := &Subscriber{topic: topic, request: r}
	topic.join(s, r.LastEventID(), first)
	r.Context().(*life).AfterFunc(s.over)
	fields := Fields{{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}
	return &Response{Status: 200, Fields: fields, feed: s, length: wire.Chunked, request: r}
}

// LastEventID is the id of the last event that a client got before it lost the connection: of the field Last-Event-ID,
// or else of the parameter lastEventId of the query.
func (r *Request) LastEventID() string {
	if id := r.Field("Last-Event-ID"); id != "" {
		return id
	}
	return r.Query().Get("lastEventId")
}

// over ends the subscription with the exchange, also if the response was never sent. In a drain the stream still gets what
// waits for it.
func (s *Subscriber) over() {
	if context.Cause(s.request.Context()) != ErrDraining {
		s.stop()
	}
}

// join adds a subscriber that got the event with that id last.
func (t *Topic) join(s *Subscriber, last string, first []Event) {
	s.first = appendRetry(nil, t.options.Retry)
	t.mu.Lock()
	defer t.mu.Unlock()
	if missed, known := t.recent.since(last); known {
		for _, piece := range missed {
			s.first = append(s.first, piece.octets...)
		}
	} else {
		if last != "" {
			s.first = (&Event{Type: Resync}).appendTo(s.first)
		}
		for i := range first {
			s.first = first[i].appendTo(s.first)
		}
		s.first = append(appendEventLine(s.first, "id: ", t.recent.last), '\n') // from here on it can come back
	}
	t.subscribers[s] = struct{}{}
	t.announce(s.request.env, &Subscribed{t, s})
}

// Topic is the topic that the client has subscribed to.
func (s *Subscriber) Topic() *Topic { return s.topic }

// Request is the request of the client: who it is, for example.
func (s *Subscriber) Request() *Request { return s.request }

// Send sends an event to this client only. It has no id unless the event has.
func (s *Subscriber) Send(event Event) {
	s.topic.mu.Lock()
	d, is := s.offer(eventPiece{key: event.Key, octets: event.appendTo(nil)})
	s.topic.mu.Unlock()
	if is {
		d.send()
	}
}

// End ends the stream, after what waits for the client. A browser comes back; if the answer is 204 then, it stays away.
func (s *Subscriber) End() {
	s.topic.mu.Lock()
	s.ending = true
	d, is := s.deliver()
	s.topic.mu.Unlock()
	if is {
		d.send()
	}
}

// offer puts a piece into the outbox, or delivers it. The topic must be locked.
func (s *Subscriber) offer(piece eventPiece) (eventDelivery, bool) {
	if s.ending || s.gone {
		return eventDelivery{}, false
	}
	if s.demand != nil && len(s.first) == 0 { // nothing waits
		d := eventDelivery{s.demand, s.to, s.demand.Data(piece.octets)} // shared by all subscribers, and not changed
		s.demand = nil
		return d, true
	}
	options := &s.topic.options
	if options.Overflow == Coalesce && piece.key != "" {
		s.removeKey(piece.key)
	}
	s.outbox = append(s.outbox, piece)
	s.octets += len(piece.octets)
	for len(s.outbox) > options.Outbox || s.octets > outboxOctets && len(s.outbox) > 1 {
		s.overflow()
	}
	return eventDelivery{}, false
}

// overflow makes room in the outbox.
func (s *Subscriber) overflow() {
	s.topic.dropped++
	switch s.topic.options.Overflow {
	case DropNewest:
		s.removeAt(len(s.outbox) - 1)
	case Disconnect:
		s.topic.dropped += uint64(len(s.outbox) - 1)
		s.outbox, s.octets, s.first, s.ending = nil, 0, nil, true
	default:
		s.removeAt(0)
	}
}

func (s *Subscriber) removeKey(key string) {
	for i, waiting := range s.outbox {
		if waiting.key == key {
			s.removeAt(i)
			s.topic.dropped++
			return
		}
	}
}

func (s *Subscriber) removeAt(i int) {
	s.octets -= len(s.outbox[i].octets)
	last := len(s.outbox) - 1
	copy(s.outbox[i:], s.outbox[i+1:])
	s.outbox[last] = eventPiece{}
	s.outbox = s.outbox[:last]
}

// A eventDelivery is a piece on its way to the connection that has asked for it.
type eventDelivery struct {
	demand *ReadBody
	to     *actor.PID
	piece  *BodyRead
}

func (d *eventDelivery) send() { d.demand.request.env.system.Root.Send(d.to, d.piece) }

// deliver takes all that waits, if the connection has asked. The topic must be locked.
func (s *Subscriber) deliver() (eventDelivery, bool) {
	if s.demand == nil || len(s.first) == 0 && len(s.outbox) == 0 && !s.ending {
		return eventDelivery{}, false
	}
	content := s.first
	if len(content) == 0 && len(s.outbox) == 1 {
		content = s.outbox[0].octets
	} else {
		for _, piece := range s.outbox {
			content = append(content, piece.octets...)
		}
	}
	d := eventDelivery{s.demand, s.to, s.demand.Data(content)}
	d.piece.End = s.ending
	clear(s.outbox)
	s.first, s.outbox, s.octets, s.demand = nil, nil, 0, nil
	return d, true
}

// pull, stop, beat and leave make a Subscriber a feed.
func (s *Subscriber) pull(demand *ReadBody, to *actor.PID) {
	s.topic.mu.Lock()
	s.demand, s.to = demand, to
	d, is := s.deliver()
	s.topic.mu.Unlock()
	if is {
		d.send()
	}
}

func (s *Subscriber) stop() {
	t, env := s.topic, s.request.env
	t.mu.Lock()
	t.remove(s)
	t.mu.Unlock()
	env.topics.release(env, t.owner)
}

func (s *Subscriber) beat() (after time.Duration, sign []byte) {
	return s.topic.options.Heartbeat, []byte(":\n\n")
}

// leave spreads the return of the clients, so that they do not all come at once.
func (s *Subscriber) leave() {
	retry := s.topic.options.Retry
	s.topic.mu.Lock()
	if !s.ending {
		s.outbox = append(s.outbox, eventPiece{octets: appendRetry(nil, retry+rand.N(4*retry))})
	}
	s.ending = true
	d, is := s.deliver()
	s.topic.mu.Unlock()
	if is {
		d.send()
	}
}

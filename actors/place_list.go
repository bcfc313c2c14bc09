package actors

// A placeList holds places in the order of their last use, the latest at the end.
type placeList struct {
	first, last *place
	length      int
}

// placeLinks link a place into a list.
type placeLinks struct {
	previous, next *place
	touched        instant
	listed         bool
}

// touch puts a place at the end.
func (l *placeList) touch(p *place, now instant) {
	l.remove(p)
	p.placeLinks = placeLinks{previous: l.last, touched: now, listed: true}
	if l.last != nil {
		l.last.next = p
	} else {
		l.first = p
	}
	l.last = p
	l.length++
}

// remove takes a place out, if it is there.
func (l *placeList) remove(p *place) {
	if !p.listed {
		return
	}
	if p.previous != nil {
		p.previous.next = p.next
	} else {
		l.first = p.next
	}
	if p.next != nil {
		p.next.previous = p.previous
	} else {
		l.last = p.previous
	}
	p.placeLinks = placeLinks{touched: p.touched}
	l.length--
}

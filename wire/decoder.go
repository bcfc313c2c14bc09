package wire

// A Decoder turns the octets that a client sends on one connection into events. Feed it the octets that were read,
// and call Next until it asks for more:
//
//	decoder.Feed(octets)
//	for {
//		event, err := decoder.Next()
//		if event == nil {
//			break // err, or more octets are needed
//		}
//		…
//	}
//
// After an End, the next event is the head of the next request: pipelined octets wait in the Decoder. It is not safe
// for concurrent use. An idle Decoder holds no buffer.
type Decoder struct {
	limits *Limits
	expect state
	input
	progress
	headRoom
	bodyCount

	err  *ProtocolError
	data Data
	end  End
}

// An input holds the octets that were fed and are not decoded yet.
type input struct {
	in   []byte // lent by Feed, or in own
	own  []byte // the octets left over when more were needed
	kept bool   // in is own from its start
}

// A progress is how far the decoder is within a message.
type progress struct {
	passed int64 // octets of this message that are no longer in in
	line   int   // where the current line begins in in
	seek   int   // no LF before here
}

// A headRoom is the state of the head that is being decoded, and where it goes.
type headRoom struct {
	emptyLines int
	request    requestLine
	section    int // where the field section begins in in
	spans      []fieldSpan
	into       *RequestHead
	room       Fields
}

// A bodyCount counts the octets of a body.
type bodyCount struct {
	bodyLimit  int64
	remaining  int64 // of the sized body, or of the current chunk
	content    int64 // so far
	extensions int   // of chunks, so far
}

// A state is named after what the Decoder expects next.
type state uint8

const (
	expectRequestLine state = iota
	expectFieldLine
	expectSizedBody
	expectSizedData
	expectChunkSize
	expectChunkData
	expectChunkEnd
	expectTrailerLine
	expectEnd
)

// NewDecoder makes a Decoder that refuses messages beyond the limits. The limits must have no zero fields (see
// [Limits.WithDefaults]) and must not change.
func NewDecoder(limits *Limits) *Decoder {
	return &Decoder{limits: limits, bodyCount: bodyCount{bodyLimit: limits.Body}}
}

// Feed gives the Decoder the next octets. They are lent, and must not change, until Next has returned a nil event or
// Buffered is 0.
func (d *Decoder) Feed(octets []byte) {
	if d.err != nil {
		return // nothing more is decoded, so nothing is held
	}
	if len(d.in) == 0 {
		d.in, d.kept = octets, false
		return
	}
	d.keep()
	d.own = append(d.own, octets...)
	d.in = d.own
}

// Next returns the next event. If more octets are needed, event and error are nil. If the message broke a rule, the
// event is nil and the error a *ProtocolError, in this and every later call.
func (d *Decoder) Next() (Event, error) {
	if d.err != nil {
		return nil, d.err
	}
	event, broken := d.next()
	if broken != nil {
		return nil, d.fail(broken)
	}
	if event == nil {
		d.end.Trailers = nil // the caller has them already
		d.keep()
	}
	return event, nil
}

// Buffered is the number of octets that were fed and not yet decoded.
func (d *Decoder) Buffered() int { return len(d.in) }

// MidMessage reports whether a message has begun and not ended.
func (d *Decoder) MidMessage() bool { return d.expect != expectRequestLine || len(d.in) > 0 }

// LimitBody sets how many octets of content the current message may have, until its End. Call it between the head and
// the first Data.
func (d *Decoder) LimitBody(octets int64) { d.bodyLimit = octets }

// Into makes the next head be decoded into memory of the caller, which may embed both in something larger: the head,
// and its fields if room has the capacity. Otherwise they are allocated.
func (d *Decoder) Into(head *RequestHead, room Fields) { d.into, d.room = head, room }

// keep moves the remaining octets into the Decoder's own memory.
func (d *Decoder) keep() {
	switch {
	case len(d.in) == 0:
		d.in, d.own, d.kept = nil, nil, false
	case !d.kept:
		d.own = append(d.own[:0], d.in...)
		d.in, d.kept = d.own, true
	}
}

// take consumes n octets.
func (d *Decoder) take(n int) []byte {
	taken := d.in[:n]
	d.in = d.in[n:]
	d.kept = d.kept && n == 0
	d.passed += int64(n)
	d.line, d.seek = 0, 0
	return taken
}

func (d *Decoder) next() (Event, *Rule) {
	for {
		var event Event
		var broken *Rule
		before := d.expect
		switch d.expect {
		case expectRequestLine:
			broken = d.nextRequestLine()
		case expectFieldLine, expectTrailerLine:
			event, broken = d.nextFieldLine()
		case expectSizedBody:
			broken = d.beginSizedBody()
		case expectSizedData, expectChunkData:
			event = d.nextData()
		case expectChunkSize:
			broken = d.nextChunkSize()
		case expectChunkEnd:
			broken = d.nextChunkEnd()
		case expectEnd:
			return d.endMessage(nil), nil
		}
		if event != nil || broken != nil || d.expect == before {
			return event, broken
		}
	}
}

// endMessage makes the Decoder ready for the next message.
func (d *Decoder) endMessage(trailers Fields) Event {
	d.expect = expectRequestLine
	d.passed, d.emptyLines, d.content, d.extensions = 0, 0, 0, 0
	d.bodyLimit = d.limits.Body
	d.data.Bytes = nil
	if cap(d.spans) > 16 {
		d.spans = nil // a rare size is not worth keeping while idle
	}
	d.end.Trailers = trailers
	return &d.end
}

// fail ends the decoding, because the current line broke a rule.
func (d *Decoder) fail(broken *Rule) *ProtocolError {
	d.err = &ProtocolError{Rule: *broken, Offset: d.passed + int64(d.line), Line: string(d.excerpt(broken))}
	d.in, d.own, d.spans = nil, nil, nil
	return d.err
}

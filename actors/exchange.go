package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// An exchange is one request and its answer, over any link. All its state is here, and is dropped with it.
type exchange struct {
	request  *Request
	begun    instant // when its head began; zero before the first octet
	filtered bool    // the functions of After have been called
	misused  bool    // a response was refused, because HTTP does not allow it
	since    instant // since when the handler has had its turn
	body     body    // of the request, while it is collected
	reading  reading
	probing  probing
	outgoing outgoing
}

// A reading is the state of content that a handler pulls.
type reading struct {
	begun bool
	by    *actor.PID // who waits for the next piece, or nil
}

// A probing is the state of the check whether a client that has ended its side is still there.
type probing struct {
	at   instant // of the next probe; 0 for none
	sent uint8
}

// An outgoing is a response that is being streamed.
type outgoing struct {
	response *Response // nil if none is
	feed     feed      // of its content; nil if that comes from an actor
	coding   *encoding // nil if there is none
	octets   int64     // of its content so far
	persist  bool      // the connection outlives it
}

// hasten ends the Context of the request, because time is running out.
func (x *exchange) hasten() {
	if x.request != nil {
		x.request.Context() // so that an actor that asks for it later learns of it too
		x.request.cancel(ErrDraining)
	}
}

// A link carries exchanges: an HTTP/1.1 connection one after the other, a call within the process only one. With
// HTTP/2, each stream would be a link.
type link interface {
	// self is the actor that the handler answers.
	self() *actor.PID
	// at is when the current message came.
	at() instant
	// answer sends a response, and ends the exchange when all of it is sent.
	answer(*Response)
	// refused notes that the client may try again after a while.
	refused(retry time.Duration)
}

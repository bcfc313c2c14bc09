package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// An exchange is one request and its answer, over any link. All that belongs to it is here, and is dropped with it.
type exchange struct {
	request  *Request
	begun    instant // its head; 0 before the first octet
	since    instant // when it was the handler's turn
	body     body    // of the request, while it is collected
	reading  reading
	probing  probing
	outgoing outgoing
}

// A reading is what a handler is told of the content that it pulls.
type reading struct {
	begun bool
	by    *actor.PID // waits for the next piece, or nil
}

// A probing is how a client is looked for that has ended its side.
type probing struct {
	at   instant // of the next probe; 0 for none
	sent uint8
}

// An outgoing is a response that is being streamed.
type outgoing struct {
	response *Response // nil if none is
	octets   int64     // of its content so far
	persist  bool      // the connection outlives it
}

// A link carries exchanges: a connection of HTTP/1.1 one after the other, a call within the process a single one. Each
// stream of HTTP/2 would be a link.
type link interface {
	// self is the actor that the handler answers.
	self() *actor.PID
	// at is the time at which the message at hand came.
	at() instant
	// answer sends a response, and ends the exchange when all of it is sent.
	answer(*Response)
	// refused is told that the client may try again after a while.
	refused(retry time.Duration)
}

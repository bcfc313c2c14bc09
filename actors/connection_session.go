package actors

import (
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
	"github.com/troupe-go/troupe/wire"
)

// What a connection keeps when it crashes.

// A session is the part of a connection that survives a crash: it belongs to the props.
type session struct {
	socket  transport.Socket
	mailbox *mailbox
	decoder *wire.Decoder
	out     output
	alarm   alarm
	stage   stage

	exchange // in flight; its request is nil if there is none
	client   client
	refusals refusing
	parting  parting
	sequence
}

// A sequence is what outlives a single exchange of the connection.
type sequence struct {
	coming    *Request // its head is being decoded
	exchanges uint64   // begun so far
	sources   int      // made so far
	again     bool     // the next request may be decoded
}

// A client is the other end of a connection.
type client struct {
	origin    *origin                 // nil until the client is known
	account   atomic.Pointer[account] // likewise
	idleSince atomic.Int64            // the instant when it began to wait for a request; 0 if it does not
	welcome   bool                    // it has no more connections than it may
	surplus   bool                    // the server had too many connections when it came
}

// A refusing is what the connection remembers about refusals of its client.
type refusing struct {
	notBefore instant // earliest retry that the client was told; 0 for any time
	heldBack  uint64  // the last exchange whose refusal was held back
}

// A parting is the state of a connection that ends.
type parting struct {
	discarded int  // unwanted octets that were read
	ended     bool // the socket is closed
	leaving   bool // the connection itself decided to stop
	lingers   bool // it is counted in env.lingering
	sending   bool // the client got its last answer while it may still have been sending
	hurried   bool // writes wait only lingerTimeout for the client
}

// A behaviour says which messages the connection understands; each has its own file.
type behaviour uint8

const (
	awaiting   behaviour = iota // a request, or the rest of its head
	collecting                  // the content of a request, for a route that wants it whole
	exchanging                  // a response
	streaming                   // the next piece of a response's content
	discarding                  // content that no handler wanted
	closing                     // the end of the client's side
)

// A stage says what a crash interrupts, and so what the next incarnation may still do.
type stage uint8

const (
	resting    stage = iota // between requests, or within a head: nothing is lost
	decoding                // within a message: a decoder is never resynchronised by guessing
	requested               // a request was sent to the router, nothing of its response is written
	responding              // octets of the response may be on the wire
	ending                  // the last response is written
)

func newConnectionProps(env *env, router *actor.PID, session *session) *actor.Props {
	produce := func() actor.Actor { return &connection{env: env, router: router, session: session} }
	return env.props(produce, env.strategy, nil).Configure(actor.WithMailbox(func() actor.Mailbox {
		session.mailbox = env.newMailbox(nil, restartsAFewTimes)
		return env.wrap(session.mailbox)
	}))
}

func (env *env) newSession(s transport.Socket) *session {
	session := &session{socket: s, decoder: wire.NewDecoder(&env.limits)}
	session.client.idleSince.Store(env.clock())
	return session
}

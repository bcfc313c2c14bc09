package actors

import (
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
	"github.com/troupe-go/troupe/wire"
)

// What a connection keeps when it crashes.

// A session is what outlives a crash of its connection: it belongs to the props.
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

// A sequence is what the exchanges of a connection have in common.
type sequence struct {
	coming    *Request // whose head is being decoded
	exchanges uint64   // begun so far
	sources   int      // made so far
	again     bool     // the next request may be decoded
}

// A client is who is at the other end.
type client struct {
	origin    *origin                 // nil until it is known who it is
	account   atomic.Pointer[account] // likewise
	idleSince atomic.Int64            // the instant since which it may send a request; 0 if it may not
	welcome   bool                    // it has not too many connections
	surplus   bool                    // there were too many of all when it came
}

// A refusing is what is known of a client that was refused.
type refusing struct {
	notBefore instant // when it was asked to try again; 0 for any time
	heldBack  uint64  // the last exchange whose refusal was held back
}

// A parting is how far the connection is with its end.
type parting struct {
	discarded int  // octets taken that nobody wanted
	ended     bool // the socket is closed
	leaving   bool // it has decided to stop
	lingers   bool // it counts among those that linger
	sending   bool // its client was answered for the last time while it may still have been sending
	hurried   bool // a client that takes nothing is not waited for
}

// A behaviour says which messages the connection understands; each has a file of its own.
type behaviour uint8

const (
	awaiting   behaviour = iota // a request, or the rest of its head
	collecting                  // the content of a request, for a route that wants it whole
	exchanging                  // a response
	streaming                   // the next piece of a response's content
	discarding                  // content that no handler wanted
	closing                     // the end of the client's side
)

// A stage says what a crash finds, and so what the next incarnation may still do.
type stage uint8

const (
	resting    stage = iota // between requests, or within a head: nothing is lost
	decoding                // in the middle of a message: never resynchronise on a guess
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

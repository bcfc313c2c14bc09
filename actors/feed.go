package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A feed gives the content of a response piece by piece, like a source, but is no actor. It may call code of a user, which
// may panic.
type feed interface {
	// pull asks for the next piece. The feed sends a BodyRead, now or later.
	pull(demand *ReadBody, to *actor.PID)
	// stop says that no more will be asked. It may be called more than once.
	stop()
}

// A beating is a feed that may be silent for long. A sign of life in between shows proxies that the stream goes on, and
// the server whether the client is still there.
type beating interface {
	// beat returns how long the stream may be silent, and what is sent then.
	beat() (after time.Duration, sign []byte)
	// leave makes the stream end after what waits, because the server drains.
	leave()
}

// isEndless reports whether a stream may go on for ever.
func isEndless(response *Response) bool {
	_, beats := response.feed.(beating)
	return beats || response.feed == nil
}

// turnSize is how many octets of content are written in one turn. Larger content is sent in pieces of that size, like
// a stream, so that others get their turns.
const turnSize = 64 << 10

// piecewise is a feed of content that is there.
type piecewise struct{ rest []byte }

func (p *piecewise) pull(demand *ReadBody, to *actor.PID) {
	piece := demand.Data(p.rest[:min(len(p.rest), turnSize)])
	p.rest = p.rest[len(piece.Bytes):]
	piece.End = len(p.rest) == 0
	demand.request.env.system.Root.Send(to, piece)
}

func (p *piecewise) stop() {}

// release ends the feed and the coding of a response. They may have foreign code.
func (o *outgoing) release(env *env, who *actor.PID) {
	if o.coding != nil {
		env.guard(who, nil, func() { o.coding.close() })
	}
	if o.feed != nil {
		env.guard(who, nil, o.feed.stop)
	}
}

// pull asks a feed for the next piece. It returns false if that panics: no piece will come.
func (env *env) pull(from feed, demand *ReadBody, to *actor.PID) (asked bool) {
	env.guard(to, demand, func() {
		from.pull(demand, to)
		asked = true
	})
	return asked
}

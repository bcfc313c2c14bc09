package actors

import (
	"log/slog"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// How a listener ends when the server drains: all that are connected, as far as they know, are served.

// handshakeGrace is how long clients may take to be connected that had begun when the drain began.
const handshakeGrace = drainGrace

// drain has every connection finish what it began, and newcomers refused.
func (l *listener) drain(ctx actor.Context) {
	if !l.settling && !l.draining {
		l.refuse(ctx)
	}
	l.pass(ctx, &drain{})
	if !l.settling {
		l.leave(ctx)
		return
	}
	l.admit(ctx, l.on.More(transport.LongestBacklog)) // over the limit too: a full backlog holds up handshakes
	l.next(ctx)
}

// refuse has newcomers refused. If some clients have begun to connect, a goroutine waits for those.
func (l *listener) refuse(ctx actor.Context) {
	self, root, on := ctx.Self(), l.env.system.Root, l.on
	if on.over() || !on.Refuse() {
		return
	}
	l.settling = true
	go func() {
		on.Settle(handshakeGrace)
		root.Send(self, &handshakesEnded{})
	}()
}

// leave takes what is left in the backlog and closes the socket, before it does anything else: a client
// that connects in between is reset.
func (l *listener) leave(ctx actor.Context) {
	l.settling = false
	var last []transport.Socket
	if !l.on.over() {
		last = l.waiting(ctx)
		l.env.guard(ctx.Self(), &drain{}, l.on.close)
	}
	if !l.draining {
		l.draining = true
		l.env.log.info(ctx.Self(), "draining", slog.Int("connections", l.connections+len(last)))
	}
	l.admit(ctx, last)
	l.next(ctx)
}

// waiting takes the backlog. Whose listener it is may panic.
func (l *listener) waiting(ctx actor.Context) (sockets []transport.Socket) {
	l.env.guard(ctx.Self(), &drain{}, func() { sockets = l.on.Waiting() })
	return sockets
}

package actors

import (
	"log/slog"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// How a listener ends when the server drains: every client that regards itself as connected is served.

// handshakeGrace is how long a client that had begun to connect before the drain may take to be connected.
const handshakeGrace = drainGrace

// drain makes every connection finish what it began, and refuses newcomers.
func (l *listener) drain(ctx actor.Context) {
	if !l.settling && !l.draining {
		l.refuse(ctx)
	}
	l.pass(ctx, &drain{})
	if !l.settling {
		l.leave(ctx)
		return
	}
	l.admit(ctx, l.on.More(transport.LongestBacklog)) // also over the limit: a full backlog delays handshakes
	l.next(ctx)
}

// refuse makes the kernel refuse newcomers. If some clients have begun to connect, a goroutine waits for them.
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

// leave takes the rest of the backlog and closes the socket at once: a client that connects in between is reset.
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

// waiting takes the backlog. A listener that is not ours may panic.
func (l *listener) waiting(ctx actor.Context) (sockets []transport.Socket) {
	l.env.guard(ctx.Self(), &drain{}, func() { sockets = l.on.Waiting() })
	return sockets
}

package actors

import (
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// The lines about a connection that does not get as far as a request.

// cannotRead logs why no more octets will come. A client that has ended its side is no news.
func (l *actorLog) cannotRead(who *actor.PID, peer string, err error) {
	var gate *transport.GateError
	switch {
	case errors.As(err, &gate) && gate.Err != io.EOF: // after EOF the client has only connected and gone
		level := slog.LevelInfo // any client can cause this
		switch {
		case gate.Ours:
			level = slog.LevelError
		case gate.Step == transport.ProxyHeader:
			level = slog.LevelWarn // one of our proxies is misconfigured
		}
		l.notAdmitted(level, who, peer, gate.Step+" failed", slog.String("error", gate.Err.Error()))
	case gate == nil && !errors.Is(err, io.EOF):
		l.debug(who, "cannot read", slog.String("error", err.Error()))
	}
}

// silent logs that the TLS handshake or the PROXY header of a client did not come in time.
func (l *actorLog) silent(who *actor.PID, peer string, after time.Duration) {
	l.notAdmitted(slog.LevelInfo, who, peer, "not prepared in time", slog.String("why",
		"the TLS handshake, or the PROXY protocol header of this peer, was not there"), slog.Duration("after", after))
}

// notAdmitted writes a line of a sort that anybody who can connect can cause, unless there were too many.
func (l *actorLog) notAdmitted(level slog.Level, who *actor.PID, peer, what string, why ...slog.Attr) {
	if !l.muted(level, peer) {
		l.write(level, who, what, append(why, slog.String("peer", peer))...)
	}
}

package actors

import (
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// The lines about a connection that does not get to a request.

// cannotRead logs why nothing more will come. That a client has ended its side is no news.
func (l *actorLog) cannotRead(who *actor.PID, peer string, err error) {
	var gate *transport.GateError
	switch {
	case errors.As(err, &gate) && gate.Err != io.EOF: // else it has only connected and gone
		level := slog.LevelInfo // every client can do this
		switch {
		case gate.Ours:
			level = slog.LevelError
		case gate.Step == transport.ProxyHeader:
			level = slog.LevelWarn // a proxy of ours is not set up as it should be
		}
		l.notAdmitted(level, who, peer, gate.Step+" failed", slog.String("error", gate.Err.Error()))
	case gate == nil && !errors.Is(err, io.EOF):
		l.debug(who, "cannot read", slog.String("error", err.Error()))
	}
}

// silent logs that a client which has something to say before its first request has said nothing in time.
func (l *actorLog) silent(who *actor.PID, peer string, after time.Duration) {
	l.notAdmitted(slog.LevelInfo, who, peer, "not prepared in time", slog.String("why",
		"the TLS handshake, or the PROXY protocol header of this peer, was not there"), slog.Duration("after", after))
}

// notAdmitted is a line of which anybody who can connect can cause many.
func (l *actorLog) notAdmitted(level slog.Level, who *actor.PID, peer, what string, why ...slog.Attr) {
	if !l.muted(level, peer) {
		l.write(level, who, what, append(why, slog.String("peer", peer))...)
	}
}

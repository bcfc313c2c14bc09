package actors

import (
	"context"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
)

// A libraryLog is the logger of the actor system: it passes lines of actors that are not made by this package on to
// Config.Logger. It drops the library's own lines, because the actor log says the same and more.
type libraryLog struct {
	slog.Handler
	env *env
}

// ofTheLibrary begins the names of the library's functions.
const ofTheLibrary = "github.com/asynkron/protoactor-go/actor."

// Handle writes a line, unless the library itself made it.
func (l *libraryLog) Handle(ctx context.Context, record slog.Record) error {
	frame, _ := runtime.CallersFrames([]uintptr{record.PC}).Next()
	switch {
	case !strings.HasPrefix(frame.Function, ofTheLibrary):
		if l.Handler.Enabled(ctx, record.Level) {
			return l.Handler.Handle(ctx, record)
		}
	case record.Message == "[ACTOR] Recovering":
		l.env.failedElsewhere(record)
	}
	return nil
}

// Enabled is always true, because one line of the library matters at every level.
func (l *libraryLog) Enabled(context.Context, slog.Level) bool { return true }

func (l *libraryLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &libraryLog{l.Handler.WithAttrs(attrs), l.env}
}

func (l *libraryLog) WithGroup(name string) slog.Handler {
	return &libraryLog{l.Handler.WithGroup(name), l.env}
}

// failedElsewhere logs the crash of an actor that was spawned with the library alone. The library calls its logger on
// the goroutine of the actor, so the stack of the panic is still there.
func (env *env) failedElsewhere(record slog.Record) {
	var who *actor.PID
	var reason any
	record.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "self":
			who, _ = a.Value.Any().(*actor.PID)
		case "reason":
			reason = a.Value.Any()
		}
		return true
	})
	if process, _ := env.system.ProcessRegistry.GetLocal(who.GetId()); mailboxIn(process) != nil {
		return // its mailbox has logged it
	}
	text, kind := describe(reason), kindOf(who, "its parent's", placeOfPanic())
	if !env.crashes.count(slog.LevelError, crashed, kind) {
		env.crashes.note(crashed, kind, who, text)
		return
	}
	env.log.write(slog.LevelError, who, crashed, slog.String("reason", text),
		slog.String("stack", string(cut(theActorsOwn(debug.Stack()), longestStack))))
}

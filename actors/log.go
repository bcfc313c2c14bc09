package actors

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// An actorLog writes the actor log. Every line has the attribute actor: the path of an actor below the server, such
// as listener/connection$7. A line is made only if its level is enabled, and its text is printable.
type actorLog struct {
	logger      *slog.Logger
	clocks      *clocks // of the server
	hideQueries bool
	limit       lineLimit
	repeats     *crashLog
	lastResort  lastResort
}

func newActorLog(config Config) *actorLog {
	l := &actorLog{logger: config.Logger, clocks: &clocks{epoch: time.Now()}, hideQueries: config.HideQueries}
	l.repeats = newCrashLog(l)
	return l
}

func (l *actorLog) enabled(level slog.Level) bool {
	return l.logger.Enabled(context.Background(), level)
}

func (l *actorLog) write(level slog.Level, who *actor.PID, what string, attrs ...slog.Attr) {
	if l.enabled(level) {
		l.writeAt(time.Now(), level, who, what, attrs)
	}
}

// writeAt writes a line whose level is enabled.
func (l *actorLog) writeAt(now time.Time, level slog.Level, who *actor.PID, what string, attrs []slog.Attr) {
	defer func() {
		if reason := recover(); reason != nil { // a foreign log handler must not make us fail
			l.lastResort.say(fmt.Sprintf("actors: the log panicked on %q of %s: %s", what, path(who), describe(reason)))
		}
	}()
	record := slog.NewRecord(now, level, what, 0) // the place in this file would help nobody
	record.AddAttrs(safeAttr(slog.String("actor", path(who))))
	for i := range attrs {
		if !isSafe(&attrs[i]) {
			attrs[i] = safeAttr(attrs[i])
		}
	}
	record.AddAttrs(attrs...)
	_ = l.logger.Handler().Handle(context.Background(), record) // there is nobody else to tell
}

func (l *actorLog) debug(who *actor.PID, what string, attrs ...slog.Attr) {
	l.write(slog.LevelDebug, who, what, attrs...)
}

func (l *actorLog) info(who *actor.PID, what string, attrs ...slog.Attr) {
	l.write(slog.LevelInfo, who, what, attrs...)
}

func (l *actorLog) warn(who *actor.PID, what string, attrs ...slog.Attr) {
	l.write(slog.LevelWarn, who, what, attrs...)
}

// hops reports whether every message is logged.
func (l *actorLog) hops() bool { return l.enabled(slog.LevelDebug) }

// hop logs that an actor receives a message.
func (l *actorLog) hop(who *actor.PID, message any) {
	_, content, sender := actor.UnwrapEnvelope(message)
	attrs := []slog.Attr{slog.String("message", kind(content))}
	if sender != nil {
		attrs = append(attrs, slog.String("from", path(sender)))
	}
	l.debug(who, "received", appendExchange(attrs, content)...)
}

// refusing logs that the line of an actor begins to refuse requests, and what the actor does if it is stuck.
func (l *actorLog) refusing(q *queue, r *Request, full *queueFull, busy time.Duration, stack []byte) {
	var who *actor.PID
	if owner := q.owner.Load(); owner != nil {
		who = owner.self
	}
	attrs := []slog.Attr{slog.String("route", r.Pattern()), slog.Int("waiting", q.length()),
		slog.String("why", full.why()), slog.Duration("retry", full.retry.Round(time.Millisecond))}
	if busy > 0 {
		attrs = append(attrs, slog.Duration("busy", busy))
	}
	if stack != nil {
		attrs = append(attrs, slog.String("stack", string(stack)))
	}
	l.warn(who, "refusing requests", attrs...)
}

// crashed logs a failure, with the stack of the panic.
func (l *actorLog) crashed(who *actor.PID, c *crash, message any) {
	content := actor.UnwrapEnvelopeMessage(message)
	attrs := []slog.Attr{slog.String("message", kind(content))}
	if sender := actor.UnwrapEnvelopeSender(message); sender != nil {
		attrs = append(attrs, slog.String("from", path(sender)))
	}
	attrs = append(appendExchange(attrs, content), slog.String("reason", c.text), slog.String("decision", string(c.verdict.decision)))
	if c.verdict.pause > 0 {
		attrs = append(attrs, slog.Duration("pause", c.verdict.pause))
	}
	attrs = append(attrs, slog.String("stack", string(c.stack)))
	l.write(slog.LevelError, who, "crashed", attrs...)
}

// deadLetter logs a message that reached nobody, or counts it: one goroutine may send thousands.
func (l *actorLog) deadLetter(letter *actor.DeadLetterEvent) {
	level := slog.LevelInfo
	ofRequest := requestIn(letter.Message) != nil
	if _, lifeCycle := letter.Message.(actor.SystemMessage); lifeCycle {
		level = slog.LevelDebug // stopping a stopped actor is no news
	} else if ofRequest {
		level = slog.LevelWarn // its client gets a 503
	}
	if !l.enabled(level) {
		return
	}
	what := kind(letter.Message)
	alike := kindOf(letter.PID, deadLetter, what)
	if !l.repeats.count(level, deadLetter, alike) {
		l.repeats.note(deadLetter, alike, letter.PID, what+" reached nobody")
		return
	}
	attrs := []slog.Attr{slog.String("message", what)}
	if letter.Sender != nil {
		attrs = append(attrs, slog.String("from", path(letter.Sender)))
	}
	attrs = appendExchange(attrs, letter.Message)
	if ofRequest {
		attrs = append(attrs, slog.String("why", noSuchActor))
	}
	l.write(level, letter.PID, deadLetter, attrs...)
}

const deadLetter = "dead letter"

// noSuchActor says why a request reached nobody.
const noSuchActor = "the actor has stopped, or is of another ActorSystem: an actor that is to have requests is spawned by " +
	"ctx.Spawn, or by ctx.ActorSystem().Root"

// notBorn logs that an actor of a handler could not be made.
func (l *actorLog) notBorn(who *actor.PID, p *place, c *crash) {
	l.write(slog.LevelError, who, "crashed", slog.String("route", p.of.name), slog.String("reason", c.text),
		slog.String("decision", string(c.verdict.decision)), slog.Duration("pause", c.verdict.pause),
		slog.String("stack", string(c.stack)))
}

// kind is the short type of a message: Request, not *actors.Request.
func kind(message any) string {
	name := fmt.Sprintf("%T", message)
	if strings.HasPrefix(name, "func(") {
		return "func"
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}

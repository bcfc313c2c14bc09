package actors

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// An actorLog writes the actor log. Every line has the attribute actor: the path of an actor below
// the server, for example listener/connection$7. Lines are made only where their level is enabled, and
// what is in them is printable.
type actorLog struct {
	logger      *slog.Logger
	hideQueries bool
	limit       lineLimit
	lastResort  lastResort
}

func newActorLog(config Config) *actorLog {
	return &actorLog{logger: config.Logger, hideQueries: config.HideQueries}
}

func (l *actorLog) enabled(level slog.Level) bool {
	return l.logger.Enabled(context.Background(), level)
}

func (l *actorLog) write(level slog.Level, who *actor.PID, what string, attrs ...slog.Attr) {
	if !l.enabled(level) {
		return
	}
	defer func() {
		if reason := recover(); reason != nil { // somebody else's handler is no reason to fail
			l.lastResort.say(fmt.Sprintf("actors: the log panicked on %q of %s: %s", what, path(who), describe(reason)))
		}
	}()
	record := slog.NewRecord(time.Now(), level, what, 0) // where in this file it is made helps nobody
	record.AddAttrs(safeAttr(slog.String("actor", path(who))))
	for i, a := range attrs {
		attrs[i] = safeAttr(a)
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

// hop logs that an actor gets a message.
func (l *actorLog) hop(who *actor.PID, message any) {
	_, content, sender := actor.UnwrapEnvelope(message)
	attrs := []slog.Attr{slog.String("message", kind(content))}
	if sender != nil {
		attrs = append(attrs, slog.String("from", path(sender)))
	}
	if exchange, ok := exchangeOf(content); ok {
		attrs = append(attrs, slog.Uint64("exchange", exchange))
	}
	l.debug(who, "received", attrs...)
}

// exchange logs the end of an exchange.
func (l *actorLog) exchange(who *actor.PID, r *Request, response *Response, begun time.Time, streamed int64) {
	if r.muted || !l.enabled(slog.LevelInfo) {
		return
	}
	took := time.Since(begun).Round(time.Microsecond)
	octets := int64(len(response.Body)) + streamed
	if r.Head.Method == "HEAD" {
		octets = 0
	}
	attrs := make([]slog.Attr, 0, 9)
	if r.exchange > 0 { // else it was not even a request
		attrs = append(attrs, slog.Uint64("exchange", r.exchange),
			slog.String("method", r.Head.Method), l.target("target", r.Head.Target.Raw))
	}
	attrs = append(attrs,
		slog.Int("status", response.Status), slog.Int64("octets", octets), slog.Duration("took", took),
		slog.String("peer", r.Peer))
	if pattern := r.Pattern(); pattern != "" {
		attrs = append(attrs, slog.String("route", pattern))
	}
	if response.why != "" {
		attrs = append(attrs, slog.String("why", response.why))
	}
	l.info(who, "exchange", attrs...)
}

// timedOut logs that a handler did not answer in time, and with which stack it runs, if it does.
func (l *actorLog) timedOut(who *actor.PID, r *Request, after time.Duration, where string, stack []byte) {
	attrs := []slog.Attr{
		slog.Uint64("exchange", r.exchange), slog.String("route", r.Pattern()),
		slog.Duration("after", after.Round(time.Millisecond)), slog.String("why", where),
	}
	if stack != nil {
		attrs = append(attrs, slog.String("stack", string(stack)))
	}
	l.warn(who, "handler timed out", attrs...)
}

// refusing logs that the line of an actor begins to refuse requests.
func (l *actorLog) refusing(q *queue, r *Request, full *QueueFull) {
	var who *actor.PID
	if owner := q.owner.Load(); owner != nil {
		who = owner.self
	}
	l.warn(who, "refusing requests", slog.String("route", r.Pattern()), slog.Int("waiting", q.length()),
		slog.String("why", full.why()), slog.Duration("retry", full.retry.Round(time.Millisecond)))
}

// gone logs the end of an exchange whose client did not wait for its response.
func (l *actorLog) gone(who *actor.PID, r *Request, after time.Duration) {
	l.info(who, "client gone", slog.Uint64("exchange", r.exchange), slog.String("method", r.Head.Method),
		l.target("target", r.Head.Target.Raw), slog.Duration("after", after.Round(time.Microsecond)),
		slog.String("peer", r.Peer), slog.String("route", r.Pattern()))
}

// late logs a response that came after another, or after the end of its exchange.
func (l *actorLog) late(who *actor.PID, r *Response) {
	if r == nil {
		return
	}
	attrs := []slog.Attr{slog.String("from", path(r.from)), slog.Int("status", r.Status)}
	if r.request != nil {
		attrs = append(attrs, slog.Uint64("exchange", r.request.exchange), slog.String("route", r.request.Pattern()))
	}
	l.info(who, "late response dropped", attrs...)
}

// rejected logs which rule a request broke, and where, unless there was too much of that.
func (l *actorLog) rejected(who *actor.PID, r *Request, broken *wire.ProtocolError) {
	if r.muted || r.exchange > 0 && l.muted(r.Peer) {
		return
	}
	l.info(who, "request rejected", slog.Int("status", broken.Status), slog.String("rule", broken.Reason),
		slog.String("section", broken.Section), slog.Int64("offset", broken.Offset),
		l.target("line", broken.Line), slog.String("peer", r.Peer))
}

// crashed logs a failure, with the stack of the panic.
func (l *actorLog) crashed(who *actor.PID, c *crash, message any) {
	content := actor.UnwrapEnvelopeMessage(message)
	attrs := []slog.Attr{slog.String("message", kind(content))}
	if sender := actor.UnwrapEnvelopeSender(message); sender != nil {
		attrs = append(attrs, slog.String("from", path(sender)))
	}
	if exchange, ok := exchangeOf(content); ok {
		attrs = append(attrs, slog.Uint64("exchange", exchange))
	}
	attrs = append(attrs, slog.String("reason", c.text), slog.String("decision", string(c.verdict.decision)))
	if c.verdict.pause > 0 {
		attrs = append(attrs, slog.Duration("pause", c.verdict.pause))
	}
	attrs = append(attrs, slog.String("stack", string(c.stack)))
	l.write(slog.LevelError, who, "crashed", attrs...)
}

// deadLetter logs a message that reached nobody.
func (l *actorLog) deadLetter(letter *actor.DeadLetterEvent) {
	attrs := []slog.Attr{slog.String("message", kind(letter.Message))}
	if letter.Sender != nil {
		attrs = append(attrs, slog.String("from", path(letter.Sender)))
	}
	level := slog.LevelInfo
	if _, lifeCycle := letter.Message.(actor.SystemMessage); lifeCycle {
		level = slog.LevelDebug // to stop what has stopped is no news
	}
	l.write(level, letter.PID, "dead letter", attrs...)
}

// notBorn logs that the handler of a route could not be made.
func (l *actorLog) notBorn(who *actor.PID, route *route, c *crash) {
	l.write(slog.LevelError, who, "crashed", slog.String("route", route.pattern.text), slog.String("reason", c.text),
		slog.String("decision", string(c.verdict.decision)), slog.Duration("pause", c.verdict.pause),
		slog.String("stack", string(c.stack)))
}

// kind is the type of a message as people say it: Request, not *actors.Request.
func kind(message any) string {
	name := fmt.Sprintf("%T", message)
	if strings.HasPrefix(name, "func(") {
		return "func"
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}

// exchangeOf is the exchange that a message is about. A nil pointer is about none.
func exchangeOf(message any) (exchange uint64, ok bool) {
	defer func() { recover() }()
	switch m := message.(type) {
	case *Request:
		if m != nil {
			return m.exchange, true
		}
	case *Response:
		if m != nil && m.request != nil {
			return m.request.exchange, true
		}
	case Carrier:
		if r := requestIn(m); r != nil {
			return r.exchange, true
		}
	case *BodyRead:
		if m != nil && m.Request != nil {
			return m.Request.exchange, true
		}
	case *ReadBody:
		if m != nil && m.request != nil {
			return m.request.exchange, true
		}
	case *CollectBody:
		return m.exchange, true
	case *HandlerCrashed:
		return m.exchange, true
	case *HandlerStopped:
		return m.exchange, true
	case *QueueFull:
		return m.exchange, true
	}
	return 0, false
}

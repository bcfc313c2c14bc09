package actors

import (
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// The lines about one exchange.

// appendRequest appends the identity, the method and the target of a request.
func (l *actorLog) appendRequest(attrs []slog.Attr, r *Request) []slog.Attr {
	return append(appendIdentity(attrs, r), slog.String("method", r.head.Method), l.target("target", r.head.Target.Raw))
}

// exchange logs the end of an exchange; it is a warning if the server failed. Where only warnings are logged, a
// client must not fill the log with them, so they are summed up like crashes.
func (l *actorLog) exchange(who *actor.PID, r *Request, response *Response, begun instant, streamed int64) {
	level := levelOf(response.Status)
	if r.muted || !l.enabled(level) || level <= slog.LevelInfo && r.route != nil && r.route.quiet {
		return
	}
	if level > slog.LevelInfo && !l.inFull(who, exchanged, strconv.Itoa(response.Status), r) {
		return
	}
	now := time.Now()
	took := now.Sub(l.clocks.timeOf(begun)).Round(time.Microsecond)
	octets := int64(len(response.Body)) + streamed
	if r.head.Method == "HEAD" {
		octets = 0
	}
	attrs := make([]slog.Attr, 0, 10)
	if r.exchange > 0 { // else there was no readable request
		attrs = l.appendRequest(attrs, r)
	}
	attrs = append(attrs,
		slog.Int("status", response.Status), slog.Int64("octets", octets), slog.Duration("took", took),
		slog.String("peer", r.peerName()))
	if pattern := r.Pattern(); pattern != "" {
		attrs = append(attrs, slog.String("route", pattern))
	}
	if response.why != "" {
		attrs = append(attrs, slog.String("why", response.why))
	}
	l.writeAt(now, level, who, exchanged, attrs)
}

const exchanged = "exchange"

// inFull reports whether a warning that clients can cause is written. Where only warnings are logged, repeated ones
// are only counted.
func (l *actorLog) inFull(who *actor.PID, what, why string, r *Request) bool {
	if l.enabled(slog.LevelInfo) {
		return true
	}
	kind := what + " " + why + " " + r.Pattern()
	if l.repeats.count(slog.LevelWarn, what, kind) {
		return true
	}
	l.repeats.note(what, kind, who, why+" "+r.Pattern())
	return false
}

// levelOf is the level for the end of an exchange. Intended refusals are not failures of the server: for its load
// (503), or because it does not support something (501, 505).
func levelOf(status int) slog.Level {
	switch {
	case status < 500, status == 501, status == 503, status == 505:
		return slog.LevelInfo
	}
	return slog.LevelWarn
}

// streaming logs that the stream of a response has begun; it may take for ever.
func (l *actorLog) streaming(who *actor.PID, r *Request, response *Response) {
	if l.enabled(slog.LevelInfo) {
		l.info(who, "stream begun", append(l.appendRequest(nil, r), slog.Int("status", response.Status),
			slog.String("peer", r.peerName()), slog.String("route", r.Pattern()))...)
	}
}

// brokenOff logs that a response was not completed.
func (l *actorLog) brokenOff(who *actor.PID, r *Request, octets int64, why string) {
	if !l.inFull(who, "response broken off", "", r) {
		return
	}
	l.warn(who, "response broken off", append(l.appendRequest(nil, r), slog.Int64("octets", octets),
		slog.String("peer", r.peerName()), slog.String("route", r.Pattern()), slog.String("why", why))...)
}

// timedOut logs that a handler did not answer in time, with its stack if it runs.
func (l *actorLog) timedOut(who *actor.PID, r *Request, after time.Duration, where string, stack []byte) {
	if !l.inFull(who, "handler timed out", "", r) {
		return
	}
	attrs := append(appendIdentity(nil, r), slog.String("route", r.Pattern()),
		slog.Duration("after", after.Round(time.Millisecond)), slog.String("why", where))
	if stack != nil {
		attrs = append(attrs, slog.String("stack", string(stack)))
	}
	l.warn(who, "handler timed out", attrs...)
}

// gone logs an exchange whose client did not wait for the response.
func (l *actorLog) gone(who *actor.PID, r *Request, after time.Duration, where string) {
	l.info(who, "client gone", append(l.appendRequest(nil, r), slog.Duration("after", after.Round(time.Microsecond)),
		slog.String("peer", r.peerName()), slog.String("route", r.Pattern()), slog.String("why", where))...)
}

// late logs a second response, or one that came after the end of its exchange.
func (l *actorLog) late(who *actor.PID, r *Response) {
	if r == nil {
		return
	}
	attrs := []slog.Attr{slog.String("from", path(r.from)), slog.Int("status", r.Status)}
	if r.request != nil {
		attrs = append(appendIdentity(attrs, r.request), slog.String("route", r.request.Pattern()))
	}
	l.info(who, "late response dropped", attrs...)
}

// rejected logs which rule a request broke, and where, unless there were too many such lines.
func (l *actorLog) rejected(who *actor.PID, r *Request, broken *wire.ProtocolError) {
	if r.muted || r.exchange > 0 && l.muted(slog.LevelInfo, r.peerName()) {
		return
	}
	var attrs []slog.Attr
	if r.exchange > 0 {
		attrs = appendIdentity(nil, r)
	}
	l.info(who, "request rejected", append(attrs, slog.Int("status", broken.Status), slog.String("rule", broken.Reason),
		slog.String("section", broken.Section), slog.Int64("offset", broken.Offset),
		l.target("line", broken.Line), slog.String("peer", r.peerName()))...)
}

// noResponse logs that an actor, or a filter of a route, answered with something that is no response to the request.
func (l *actorLog) noResponse(from *actor.PID, r *Request, answer any) {
	attrs := append(appendIdentity(nil, r), slog.String("route", r.Pattern()),
		slog.String("type", fmt.Sprintf("%T", answer)), slog.String("error", whyNoAnswer(answer)))
	if connection := r.ReplyTo(); connection != nil {
		attrs = append(attrs, slog.String("connection", path(connection)))
	}
	l.write(slog.LevelError, from, "response refused", attrs...)
}

// noProblem logs that a response of Config.Problem cannot be sent.
func (l *actorLog) noProblem(r *Request, why string) {
	l.write(slog.LevelError, nil, "response refused",
		append(appendIdentity(nil, r), slog.String("error", "the response of Config.Problem: "+why))...)
}

// misused logs that a handler has made a response that HTTP forbids.
func (l *actorLog) misused(who *actor.PID, r *Request, err error) {
	l.write(slog.LevelError, who, "response refused",
		append(appendIdentity(nil, r), slog.String("route", r.Pattern()), slog.String("error", err.Error()))...)
}

package actors

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Why the Context of a request has ended, as context.Cause says; ErrExchangeOver if it was answered.
var (
	ErrClientGone     = errors.New("actors: the client is gone")
	ErrHandlerTimeout = fmt.Errorf("actors: the handler did not answer in time: %w", context.DeadlineExceeded)
	ErrDraining       = errors.New("actors: the server drains")
)

// Context ends when an answer is of no use any more: the client is gone, the deadline of the handler
// has passed, or the exchange is over. It ends as well while the server drains: at once for a
// response that is being streamed, and for others when half of the time is over that the context of
// Shutdown leaves, if it has a deadline. A client that has only ended its side still gets its answer, so
// it does not count as gone.
//
// It may be called from anywhere, for example by a goroutine that works for the handler. Its deadline
// is that of the handler; there is none for a route with StreamBody, and when a stream has begun.
func (r *Request) Context() context.Context {
	if asked := r.progress.life.Load(); asked != nil {
		return asked
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	made := &life{Context: ctx, cancel: cancel, request: r}
	if !r.progress.life.CompareAndSwap(nil, made) {
		return r.progress.life.Load()
	}
	if r.progress.over.Load() {
		cancel(ErrExchangeOver)
	}
	return made
}

// A life is the context of one request.
type life struct {
	context.Context
	cancel  context.CancelCauseFunc
	request *Request
}

// Deadline is when the handler's time is up. A stream has all the time there is.
func (l *life) Deadline() (time.Time, bool) {
	route := l.request.matched()
	if route == nil || route.streams || l.request.progress.answered.Load() {
		return time.Time{}, false
	}
	timeout := route.timeout
	if timeout < 0 {
		return time.Time{}, false
	}
	return route.env.epoch.Add(time.Duration(l.request.sent) + timeout), true
}

package actors

import (
	"context"
	"errors"
	"fmt"
	"sync"
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
// is that of the handler, and its Err is then context.DeadlineExceeded; there is no deadline for a route
// with StreamBody. For a handler that answers with a Stream in time the deadline does not pass: the
// context ends with the stream.
func (r *Request) Context() context.Context {
	if asked := r.progress.life.Load(); asked != nil {
		return asked
	}
	made := newLife(r.deadline())
	if !r.progress.life.CompareAndSwap(nil, made) {
		return r.progress.life.Load()
	}
	if r.progress.streams.Load() && !made.deadline.IsZero() {
		r.beginStream() // just now: who asks from now on gets another one
	}
	if r.progress.over.Load() {
		r.cancel(ErrExchangeOver)
	}
	return made
}

// deadline is when the handler's time is up; zero if it has all the time there is.
func (r *Request) deadline() time.Time {
	route := r.route
	if route == nil || route.streams || route.timeout < 0 || r.progress.streams.Load() {
		return time.Time{}
	}
	return route.env.timeOf(after(r.sent, route.timeout))
}

// beginStream gives the request a context without a deadline from now on. One that was asked for before
// lives on, with the deadline that it has said.
func (r *Request) beginStream() {
	r.progress.streams.Store(true)
	for before := r.progress.life.Load(); before != nil; before = r.progress.life.Load() {
		after := newLife(time.Time{})
		after.before = before
		if r.progress.life.CompareAndSwap(before, after) {
			return
		}
	}
}

// A life is the context of one request. It is not one of package context, because its end is not known to a
// timer: the connection says when the deadline has passed. Contexts that are made of it learn that by
// AfterFunc.
type life struct {
	context.Context // without end, and with a cause
	cause           context.CancelCauseFunc
	deadline        time.Time
	done            chan struct{}
	before          *life // that was asked for before the response was streamed; it ends with this one

	mu    sync.Mutex
	err   error
	tells map[*func()]struct{}
}

func newLife(deadline time.Time) *life {
	ctx, cause := context.WithCancelCause(context.Background())
	return &life{Context: ctx, cause: cause, deadline: deadline, done: make(chan struct{})}
}

// Deadline is when the handler's time is up. It does not change.
func (l *life) Deadline() (time.Time, bool) { return l.deadline, !l.deadline.IsZero() }

// Done is closed when the context has ended.
func (l *life) Done() <-chan struct{} { return l.done }

// Err is nil until the context has ended.
func (l *life) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// AfterFunc has f be called when the context has ended, as package context knows it.
func (l *life) AfterFunc(f func()) (stop func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		go f()
		return func() bool { return false }
	}
	if l.tells == nil {
		l.tells = make(map[*func()]struct{})
	}
	l.tells[&f] = struct{}{}
	return func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		_, waits := l.tells[&f]
		delete(l.tells, &f)
		return waits
	}
}

// end ends the context. The first reason counts.
func (l *life) end(why error) {
	l.mu.Lock()
	if l.err != nil {
		l.mu.Unlock()
		return
	}
	l.cause(why)
	l.err = context.Canceled
	if errors.Is(why, context.DeadlineExceeded) {
		l.err = context.DeadlineExceeded
	}
	tells := l.tells
	l.tells = nil
	close(l.done)
	l.mu.Unlock()
	for f := range tells {
		(*f)()
	}
	if l.before != nil {
		l.before.end(why)
	}
}

package actors

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Why the Context of a request has ended, as context.Cause reports it; after an answer it is ErrExchangeOver.
var (
	ErrClientGone     = errors.New("actors: the client is gone")
	ErrHandlerTimeout = fmt.Errorf("actors: the handler did not answer in time: %w", context.DeadlineExceeded)
	ErrDraining       = errors.New("actors: the server drains")
)

// Context ends when an answer is no longer of use: the client is gone, the deadline of the handler has passed, or the
// exchange is over. It also ends while the server drains. For a response that is being streamed it ends at once; for
// others, at half of the time that the context of Shutdown leaves, if that has a deadline. A client that has only
// ended its side still gets its answer, so it does not count as gone.
//
// It may be called from anywhere, for example by a goroutine that works for the handler. Its deadline is that of the
// handler; after the deadline its Err is context.DeadlineExceeded. A route with StreamBody has no deadline. If the
// handler answers with a Stream in time, the deadline no longer applies: the context ends with the stream.
func (r *Request) Context() context.Context {
	if asked := r.progress.life.Load(); asked != nil {
		return asked
	}
	made := newLife(r.deadline())
	if !r.progress.life.CompareAndSwap(nil, made) {
		return r.progress.life.Load()
	}
	if r.progress.streams.Load() && !made.deadline.IsZero() {
		r.beginStream() // it began just now: later callers get another context
	}
	if r.progress.over.Load() {
		r.cancel(ErrExchangeOver)
	}
	return made
}

// deadline is when the handler's time is up; zero if there is no limit.
func (r *Request) deadline() time.Time {
	route := r.route
	if route == nil || route.streams || route.timeout < 0 || r.progress.streams.Load() {
		return time.Time{}
	}
	return route.env.timeOf(after(r.sent, route.timeout))
}

// beginStream gives the request a context without a deadline from now on. An earlier context lives on, with its
// deadline.
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

// A life is the context of one request. It is our own type, because no timer ends it: the connection says when the
// deadline has passed. Contexts derived from it learn that through AfterFunc.
type life struct {
	context.Context // never ends by itself; holds the cause
	cause           context.CancelCauseFunc
	deadline        time.Time
	done            chan struct{}
	before          *life // given out before the response was streamed; it ends with this one

	mu    sync.Mutex
	err   error
	tells map[*func()]struct{}
}

func newLife(deadline time.Time) *life {
	ctx, cause := context.WithCancelCause(context.Background())
	return &life{Context: ctx, cause: cause, deadline: deadline, done: make(chan struct{})}
}

// Deadline returns when the handler's time is up. It does not change.
func (l *life) Deadline() (time.Time, bool) { return l.deadline, !l.deadline.IsZero() }

// Done is closed when the context has ended.
func (l *life) Done() <-chan struct{} { return l.done }

// Err is nil until the context has ended.
func (l *life) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// AfterFunc calls f when the context has ended; package context looks for this method.
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

// end ends the context. Only the first reason counts.
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

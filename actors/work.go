package actors

import (
	"context"
	"errors"
	"fmt"

	"github.com/asynkron/protoactor-go/actor"
)

// Go calls work beside the actor, on a goroutine of its own, so that work may block: it asks a database or another
// server, reads a file, or computes for long. The actor goes on with its next message. When work has returned, the actor
// calls then with what it returned, at its next message, so then may use the state of the actor. It usually answers:
//
//	actors.Go(ctx, request, func(ctx context.Context) (User, error) {
//		return loadUser(ctx, id) // no state of the actor here
//	}, func(user User, err error) {
//		if err != nil {
//			request.Reply(request.Fail(err))
//			return
//		}
//		c.users[id] = user
//		request.Reply(request.JSON(200, user))
//	})
//
// The context of work is that of the request: it ends when an answer is no longer of use. The actor may have changed its
// state between the call and then. If work panics, or ends its goroutine, the process goes on: the log has the stack,
// then gets an [ErrWorkCrashed], and if it does not answer the request, the server does: 500. If the actor restarts or
// stops before, then is not called, and the server answers the request.
//
// The request may be nil, for work that belongs to none; its context never ends. Only the goroutine of the actor may
// call Go, within Receive or then.
func Go[T any](ctx actor.Context, request *Request, work func(context.Context) (T, error), then func(T, error)) {
	if work == nil || then == nil {
		mistake("Go: a function is nil")
	}
	b := &beside{request: request, self: ctx.Self()}
	if request != nil {
		b.env = request.env
	}
	if own, ours := ctx.(*handlerContext); ours {
		b.env, b.own, b.incarnation = own.env, own, own.incarnation.Load()
		if own.isForeign() {
			own.misused("Go", nil, notOurs)
			b.fail()
			return
		}
	}
	future := actor.NewFuture(ctx.ActorSystem(), -1)
	ctx.ReenterAfter(future, func(result any, _ error) {
		if b.isOutdated() {
			return
		}
		done := result.(*worked[T])
		then(done.value, done.err)
		if errors.Is(done.err, ErrWorkCrashed) && request != nil && request.isOpen() {
			b.fail()
		}
	})
	root, done := ctx.ActorSystem().Root, &worked[T]{}
	go func() {
		defer root.Send(future.PID(), done)
		defer func() { b.survive(recover(), &done.err) }()
		done.err = errGoexit
		done.value, done.err = work(b.context())
	}()
}

// ErrWorkCrashed is the error that the last function of [Go] gets if the work has panicked.
var ErrWorkCrashed = errors.New("actors: the work beside the actor has crashed")

// worked is the fact that work beside an actor has ended.
type worked[T any] struct {
	value T
	err   error
}

// A beside is work that is done beside an actor.
type beside struct {
	env         *env            // nil if neither the actor nor the request is one of a server's
	own         *handlerContext // nil if the actor is not one of a server's
	self        *actor.PID
	request     *Request     // nil if the work belongs to none
	incarnation *actor.Actor // that began it; nil if the actor is not one of a server's
}

func (b *beside) context() context.Context {
	if b.request == nil {
		return context.Background()
	}
	return b.request.Context()
}

// survive makes a crash of the work an error.
func (b *beside) survive(reason any, err *error) {
	if reason == nil && *err == errGoexit {
		reason = errGoexit
	}
	if reason == nil {
		return
	}
	*err = fmt.Errorf("%w: %s", ErrWorkCrashed, describe(reason))
	if b.env == nil {
		return
	}
	b.env.counts.crashes.Add(1)
	var message any
	if b.request != nil {
		message = b.request
	}
	b.env.logCrash(b.self, &crash{verdict: verdict{decision: goOn}}, reason, message)
}

// isOutdated reports whether the incarnation that began the work has crashed or ended since.
func (b *beside) isOutdated() bool {
	if b.own == nil {
		return false
	}
	if b.own.incarnation.Load() != b.incarnation {
		return true
	}
	m, _ := b.env.dispatcher.Current().Owner.(*mailbox)
	return m.suspended || m.isStopping()
}

// fail answers the request for an actor that did not.
func (b *beside) fail() {
	if b.request != nil && b.request.env != nil {
		b.request.env.crashed(b.request)
	}
}

package actors

import (
	"slices"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// router passes each request to the handler of its route (RFC 9110 §3.3), whose placement says to which actor.
// Parent: server. Children: the actors of the handlers.
// Sends: Request, Response, handlerStopped, queueFull.
// Understands: Request, returned, placeUnused, adopt, retire, handlerBorn, respawnDue, lookDue, helpDue, resumed.
// Crash: resumed, so that the handlers live on; the request it failed on is answered 500.
type router struct {
	env      *env
	strategy *strategy
	places   map[string]*place // by the id of the actor, born or not
	bears    *place            // the place whose actor is being made
	begun    bool              // what the router before has left is dropped
	stopping bool
}

func newRouterProps(env *env) *actor.Props {
	strategy := &strategy{env: env}
	props := env.props(func() actor.Actor {
		r := &router{env: env, strategy: strategy, places: make(map[string]*place)}
		strategy.pauses = r.pause
		return r
	}, strategy, resumes)
	return props.Configure(actor.WithSpawnMiddleware(env.bearing))
}

func (r *router) Receive(ctx actor.Context) {
	if !r.begun { // also if it failed on Started, which then comes again later
		r.begin(ctx)
	}
	if request, ok := ctx.Message().(*Request); ok {
		r.route(ctx, request)
		return
	}
	r.env.guardEnd(ctx, &r.stopping, r.receive)
}

func (r *router) receive(ctx actor.Context, message any) {
	switch message := message.(type) {
	case *handlerBorn:
		r.born(ctx, message)
	case *respawnDue:
		at := message.place
		if at.router == ctx.Self() && (!at.of.retired || at.isAwaited()) { // and not of the previous router
			r.spawn(ctx, at)
		}
	case *placeUnused:
		message.place.member.of.unused(ctx, message.place)
	case *returned:
		if message.request.isTaken() { // it came back twice
			return
		}
		if r.stopping {
			r.env.refuse(message.request, nil, 0)
			return
		}
		message.place.of.placement.returned(r, ctx, message)
	case *lookDue:
		r.look(ctx, message.handler)
	case *helpDue:
		if !r.stopping {
			message.handler.placement.(*crew).help(r, ctx)
		}
	case *adopt:
		message.handler.retired = false
		message.handler.placement.begin(r, ctx)
	case *retire:
		message.handler.retired = true
		r.look(ctx, message.handler)
	case *actor.Terminated:
		r.terminated(ctx, message.Who)
	case *resumed:
		r.strategy.again(ctx, message, r.receive)
	case *actor.Stopped:
		for _, handler := range r.env.routes().handlers {
			handler.placement.end(r)
		}
	}
}

// begin comes before all else: what the router before has left must not be mixed up with what this one makes.
func (r *router) begin(ctx actor.Context) {
	switch ctx.Message().(type) {
	case *actor.Stopping, *actor.Stopped:
		return
	}
	for _, handler := range r.env.routes().handlers {
		handler.placement.begin(r, ctx)
	}
	r.begun = true
	r.env.begin()
}

// look lets a placement stop actors that are no longer needed.
func (r *router) look(ctx actor.Context, h *handler) {
	h.retired = h.retired && !slices.Contains(r.env.routes().handlers, h) // it may have a route again
	switch {
	case r.stopping:
	case !h.retired:
		h.placement.look(r, ctx)
	case !h.placement.retire(r, ctx) || !h.close():
		r.lookAfter(ctx, h, retirePause)
	default:
		r.env.retiring.remove(h)
		r.env.instances.forget(h)
	}
}

// retirePause is how often the router checks whether the actors of a handler without routes have finished.
const retirePause = 100 * time.Millisecond

// route passes a request on, or answers it if no handler can. It ignores a request whose exchange is over.
func (r *router) route(ctx actor.Context, request *Request) {
	if !request.enterRouting() {
		return
	}
	defer request.leaveRouting() // if this panics
	switch to := request.route; {
	case to != nil && to.handler == nil: // a preflight request that no filter has answered
		r.answer(ctx, request, r.notRouted(request))
	case to != nil && r.stopping: // the actors stop with the router
		r.answer(ctx, request, &handlerStopped{exchange: request.exchange})
	case to != nil:
		to.handler.placement.place(r, ctx, request)
	case request.head.Target.Form == wire.AuthorityForm, request.head.Target.Form == wire.AsteriskForm:
		r.answer(ctx, request, r.withoutPath(request))
	default:
		r.answer(ctx, request, r.notRouted(request))
	}
}

// answer sends an answer to the connection of a request, or to the actor that passed the request on. The router does
// not use the request afterwards.
func (r *router) answer(ctx actor.Context, request *Request, answer any) {
	request.leaveLine() // if an actor has given it back
	request.leaveRouting()
	if ctx.Message() == any(request) {
		ctx.Respond(answer)
		return
	}
	ctx.Send(request.ReplyTo(), answer)
}

// forward hands a request to an actor. The router does not use the request afterwards.
func (r *router) forward(ctx actor.Context, request *Request, to *actor.PID) {
	request.leaveRouting()
	if ctx.Message() == any(request) {
		ctx.Forward(to)
		return
	}
	ctx.Send(to, &request.envelope)
}

// awaitRouter waits until the router of a server that has just started takes requests.
func (env *env) awaitRouter() {
	select {
	case <-env.began:
	case <-env.done:
	}
}

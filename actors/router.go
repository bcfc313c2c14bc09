package actors

import (
	"log/slog"
	"math"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// router passes each request to the handler of its route (RFC 9110 §3.3).
// Parent: server. Children: a handler for each route, named by its pattern.
// Sends: Request, Response, CollectBody, HandlerStopped, QueueFull.
// Understands: Request, HandlerBorn, RespawnDue, Resumed.
// Crash: resumed, so that the handlers live on; the request it failed on is answered 500.
type router struct {
	env      *environment
	strategy *strategy
	handlers map[string]*route // by the id of the handler, born or not
	stopping bool
}

func newRouterProps(env *environment) *actor.Props {
	strategy := &strategy{env: env}
	props := env.props(func() actor.Actor {
		r := &router{env: env, strategy: strategy, handlers: make(map[string]*route)}
		strategy.pauses = r.pause
		return r
	}, strategy, resumes)
	return props.Configure(actor.WithSpawnMiddleware(env.bearing))
}

func (r *router) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*Request); ok {
		r.route(ctx, request)
		return
	}
	r.env.guardEnd(ctx, &r.stopping, r.receive)
}

func (r *router) receive(ctx actor.Context, message any) {
	switch message := message.(type) {
	case *actor.Started:
		for _, route := range r.env.routes.routes {
			r.spawn(ctx, route)
		}
	case *HandlerBorn:
		r.born(ctx, message)
	case *RespawnDue:
		r.spawn(ctx, message.route)
	case *actor.Terminated:
		r.terminated(ctx, message.Who)
	case *Resumed:
		r.strategy.again(ctx, message, r.receive)
	case *actor.Stopped:
		for _, route := range r.env.routes.routes {
			for _, request := range route.seat.expecting {
				r.env.refuse(request, nil, 0)
			}
			route.seat = seat{} // for the next router, if there is one
		}
	}
}

// route passes a request on, or answers it where no handler can. One that nobody waits for is left where it
// is.
func (r *router) route(ctx actor.Context, request *Request) {
	if !request.enterRouting() {
		return
	}
	defer request.leaveRouting() // if this panics
	to := request.matched()
	if to == nil {
		target := &request.Head.Target
		if target.Form == wire.AuthorityForm || target.Form == wire.AsteriskForm {
			r.answer(ctx, request, r.withoutPath(request))
			return
		}
		to, request.params = r.env.routes.match(request.Head.Method, target.Path)
		request.route.Store(to)
	}
	switch {
	case to == nil:
		r.answer(ctx, request, r.notRouted(request))
	case to.pattern.multi && r.isElsewhere(request):
		r.answer(ctx, request, redirect(request, request.Path()+"/"))
	case request.complete && int64(len(request.Body)) > to.bodyLimit(math.MaxInt64):
		r.answer(ctx, request, request.failure(413, "The content is too large for this route."))
	case !request.complete && !to.streams:
		r.answer(ctx, request, &CollectBody{request.exchange})
	case to.seat.pauses():
		r.answer(ctx, request, &HandlerStopped{exchange: request.exchange, retry: time.Until(to.seat.restartAt)})
	case to.seat.handler == nil && to.seat.unborn == nil:
		r.answer(ctx, request, &HandlerStopped{exchange: request.exchange})
	default:
		r.pass(ctx, request, to)
	}
}

// answer tells the connection of a request something, and does not look into the request any more.
func (r *router) answer(ctx actor.Context, request *Request, answer any) {
	request.leaveRouting()
	ctx.Respond(answer)
}

// pass lets a request join the queue of its route, or has it refused at once.
func (r *router) pass(ctx actor.Context, request *Request, to *route) {
	if !to.vital && !request.isTaken() {
		if full := to.queue.join(request, &request.progress.routed, r.env.clock); full != nil {
			to.queue.noteRefusal(r.env, request, full)
			r.answer(ctx, request, full)
			return
		}
	}
	if to.seat.unborn != nil {
		to.seat.expecting = append(to.seat.expecting, request)
		request.leaveRouting()
		return
	}
	request.leaveRouting()
	ctx.Forward(to.seat.handler)
}

// pause has a route whose handler keeps crashing answer 503 until that is restarted: the requests that wait
// behind the crash, and those that come meanwhile.
func (r *router) pause(handler *actor.PID, pause time.Duration) {
	if route := r.handlers[handler.Id]; route != nil {
		route.seat.restartAt = time.Now().Add(pause)
		if process, alive := r.env.system.ProcessRegistry.GetLocal(handler.Id); alive {
			process.SendSystemMessage(handler, &refuseQueued{pause})
		}
	}
}

// terminated replaces a handler that stopped: a route is never dead for good. It may be told twice.
func (r *router) terminated(ctx actor.Context, who *actor.PID) {
	route := r.handlers[who.Id]
	if route == nil {
		return
	}
	seat := &route.seat
	if seat.handler == nil {
		seat.ended = seat.unborn != nil
		return
	}
	if _, alive := r.env.system.ProcessRegistry.GetLocal(who.Id); alive {
		return // it is the next one
	}
	seat.handler, seat.restartAt = nil, time.Time{}
	delete(r.handlers, who.Id)
	if !r.stopping {
		pause := r.respawnLater(ctx, route)
		r.env.log.info(ctx.Self(), "handler stopped", slog.String("route", route.pattern.text), slog.Duration("pause", pause))
	}
}

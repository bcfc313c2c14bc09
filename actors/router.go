package actors

import (
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// router passes each request to the handler of its route (RFC 9110 §3.3).
// Parent: server. Children: a handler for each route, named by its pattern.
// Sends: Request, Response, CollectBody, HandlerStopped. Understands: Request, RestartDue, RespawnDue.
// Crash: resumed, so that the handlers live on; the request it failed on is answered 500.
type router struct {
	env      *environment
	strategy *strategy
	handlers map[string]*route // by the id of the handler
	stopping bool
}

func newRouterProps(env *environment) *actor.Props {
	strategy := env.restartingHandlers()
	return env.props(func() actor.Actor {
		r := &router{env: env, strategy: strategy, handlers: make(map[string]*route)}
		strategy.pauses = r.pause
		return r
	}, strategy)
}

func (r *router) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *Request:
		r.route(ctx, message)
	case *actor.Started:
		for _, route := range r.env.routes.routes {
			r.spawn(ctx, route)
		}
	case *RestartDue:
		if route := r.handlers[message.child.Id]; route != nil {
			route.restartAt = time.Time{}
			ctx.(actor.Supervisor).RestartChildren(message.child)
		}
	case *RespawnDue:
		if !r.stopping {
			r.spawn(ctx, message.route)
		}
	case *actor.Terminated:
		r.terminated(ctx, message.Who)
	case *actor.Stopping:
		r.stopping = true
	}
}

// route passes a request on, or answers it where no handler can.
func (r *router) route(ctx actor.Context, request *Request) {
	to := request.route.Load()
	if to == nil {
		target := &request.Head.Target
		if target.Form == wire.AuthorityForm || target.Form == wire.AsteriskForm {
			ctx.Respond(r.withoutPath(request))
			return
		}
		to, request.params = r.env.routes.match(request.Head.Method, target.Path)
		request.route.Store(to)
	}
	switch {
	case to == nil:
		ctx.Respond(r.notRouted(request))
	case to.pattern.multi && r.isElsewhere(request):
		ctx.Respond(redirect(request))
	case request.complete && int64(len(request.Body)) > to.bodyLimit(math.MaxInt64):
		ctx.Respond(request.failure(413, "The content is too large for this route."))
	case !request.complete && !to.streams:
		ctx.Respond(&CollectBody{request.exchange})
	case to.handler == nil:
		ctx.Respond(&HandlerStopped{request.exchange, 0})
	case !to.restartAt.IsZero():
		ctx.Respond(&HandlerStopped{request.exchange, time.Until(to.restartAt)})
	default:
		ctx.Forward(to.handler)
	}
}

// spawn makes the handler of a route. Its producer is not our code and may panic.
func (r *router) spawn(ctx actor.Context, route *route) {
	defer func() {
		if reason := recover(); reason != nil {
			r.respawnLater(ctx, route, newCrash(reason))
		}
	}()
	pid, err := ctx.SpawnNamed(r.env.handlerProps(route.props), route.pattern.text)
	if err != nil {
		panic(fmt.Errorf("spawning the handler: %w", err))
	}
	route.handler = pid
	r.handlers[pid.Id] = route
	r.env.log.info(pid, "route", slog.String("pattern", route.pattern.text))
}

// pause has a route that keeps crashing answer 503 until its handler is restarted: whoever waits
// behind the crash, and whoever comes meanwhile.
func (r *router) pause(handler *actor.PID, pause time.Duration) {
	if route := r.handlers[handler.Id]; route != nil {
		route.restartAt = time.Now().Add(pause)
		if process, alive := r.env.system.ProcessRegistry.GetLocal(handler.Id); alive {
			process.SendSystemMessage(handler, &refuseQueued{pause})
		}
	}
}

// terminated replaces a handler that stopped: a route is never dead for good.
func (r *router) terminated(ctx actor.Context, who *actor.PID) {
	route := r.handlers[who.Id]
	if route == nil {
		return
	}
	delete(r.handlers, who.Id)
	route.handler, route.restartAt = nil, time.Time{}
	r.strategy.forget(who)
	if r.stopping {
		return
	}
	r.respawnLater(ctx, route, nil)
}

func (r *router) respawnLater(ctx actor.Context, route *route, why *crash) {
	pause := max(pauseAfter(route.ends.add()), firstPause)
	if why != nil {
		r.env.log.crashed(ctx.Self(), why, nil, "spawn again", pause)
	} else {
		r.env.log.info(ctx.Self(), "handler stopped", slog.String("route", route.pattern.text), slog.Duration("again in", pause))
	}
	self, system := ctx.Self(), r.env.system
	time.AfterFunc(pause, func() { system.Root.Send(self, &RespawnDue{route}) })
}

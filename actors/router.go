package actors

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// router passes each request to the handler of its route (RFC 9110 §3.3).
// Parent: server. Children: a handler for each route, named by its pattern.
// Sends: Request, Response, CollectBody, HandlerStopped, QueueFull.
// Understands: Request, RestartDue, RespawnDue, Resumed.
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
	case *RestartDue:
		if route := r.handlers[message.child.Id]; route != nil && !route.restartAt.IsZero() {
			route.restartAt = time.Time{}
			ctx.(actor.Supervisor).RestartChildren(message.child)
		}
	case *RespawnDue:
		r.spawn(ctx, message.route)
	case *actor.Terminated:
		r.terminated(ctx, message.Who)
	case *Resumed:
		r.strategy.again(ctx, message, r.receive)
	case *actor.Stopped:
		for _, route := range r.env.routes.routes {
			route.handler, route.restartAt = nil, time.Time{} // for the next router, if there is one
		}
	}
}

// route passes a request on, or answers it where no handler can.
func (r *router) route(ctx actor.Context, request *Request) {
	to := request.matched()
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
		ctx.Respond(&HandlerStopped{exchange: request.exchange})
	case !to.restartAt.IsZero():
		ctx.Respond(&HandlerStopped{exchange: request.exchange, retry: time.Until(to.restartAt)})
	default:
		r.pass(ctx, request, to)
	}
}

// pass lets a request join the queue of its route, or has it refused at once.
func (r *router) pass(ctx actor.Context, request *Request, to *route) {
	if !to.vital {
		if full := to.queue.join(request, r.env.clock); full != nil {
			r.noteRefusal(to, full)
			ctx.Respond(full)
			return
		}
	}
	ctx.Forward(to.handler)
}

// noteRefusal logs the first refusal of a route, and the next one when it has refused nothing for a while.
func (r *router) noteRefusal(of *route, full *QueueFull) {
	now := time.Now()
	if now.Sub(of.refused) > quietTime {
		r.env.log.refusing(of.handler, of, full)
	}
	of.refused = now
}

// spawn makes the handler of a route, unless it has one. Its producer is not our code and may panic.
func (r *router) spawn(ctx actor.Context, route *route) {
	if route.handler != nil || r.stopping {
		return
	}
	defer func() {
		if reason := recover(); reason != nil {
			r.env.system.ProcessRegistry.Remove(r.env.system.NewLocalPID(ctx.Self().Id + "/" + route.pattern.text))
			r.respawnLater(ctx, route, newCrash(reason))
		}
	}()
	pid, err := ctx.SpawnNamed(r.env.handlerProps(route.props, &route.queue), route.pattern.text)
	if err != nil && !errors.Is(err, actor.ErrNameExists) { // a crash may have come in between
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
	route.handler, route.restartAt = nil, time.Time{}
	r.strategy.forget(who)
	if !r.stopping {
		r.respawnLater(ctx, route, nil)
	}
	delete(r.handlers, who.Id)
}

func (r *router) respawnLater(ctx actor.Context, route *route, why *crash) {
	pause := max(pauseAfter(route.ends.add()), firstPause)
	if why != nil {
		r.env.log.crashed(ctx.Self(), why, nil, "spawn again", pause)
	} else {
		r.env.log.info(ctx.Self(), "handler stopped", slog.String("route", route.pattern.text), slog.Duration("pause", pause))
	}
	self, system := ctx.Self(), r.env.system
	time.AfterFunc(pause, func() { system.Root.Send(self, &RespawnDue{route}) })
}

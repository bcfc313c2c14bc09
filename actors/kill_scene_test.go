package actors

import (
	"context"
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The scene of the kill tests: handlers of every kind. Every answer names the token of its request.

// slowTime is how long the slow handlers take for a request, keptTime how long the keeper keeps one, and
// neverTime how long one may take that never answers.
const (
	slowTime  = 5 * time.Millisecond
	keptTime  = 20 * time.Millisecond
	neverTime = 30 * time.Millisecond
)

// A scene is a server with handlers of every kind, and a saboteur at each.
type scene struct {
	*Server
	*saboteur
}

// sceneRoutes has handlers that answer at once, later, from a child, by a stream; that pull content, put requests
// off, crash, stop, ask others, take their time, and make mistakes.
func sceneRoutes(server *Server, s *saboteur) {
	to := scene{server, s}
	to.handle("GET /quick/{token}", func(ctx actor.Context, r *Request) { ctx.Respond(named(r)) })
	to.handle("POST /echo/{token}", func(ctx actor.Context, r *Request) {
		ctx.Respond(r.Text(200, "token "+r.Param("token")+" "+string(r.Body)))
	})
	to.handle("GET /slow/{token}", slowly)
	to.handle("GET /full/{token}", slowly, MaxQueue(1))
	to.handle("GET /vital/{token}", slowly, MaxQueue(1), Vital())
	to.handle("GET /twice/{token}", func(ctx actor.Context, r *Request) {
		ctx.Respond(named(r))
		ctx.Respond(named(r))
	})
	to.handle("GET /aside/{token}", func(ctx actor.Context, r *Request) {
		go func() { ctx.Respond(named(r)) }() // a mistake that works
	})
	to.handle("GET /text/{token}", func(ctx actor.Context, _ *Request) { ctx.Respond("text") })
	to.receive("GET /crash/{token}", func(ctx actor.Context) {
		switch ctx.Message().(type) {
		case *Request:
			ctx.Send(ctx.Self(), "crash by yourself") // after some of these it pauses
			panic("asked to")
		case string:
			panic("by itself")
		}
	})
	to.handle("GET /quit/{token}", func(ctx actor.Context, _ *Request) { ctx.Stop(ctx.Self()) })
	to.handle("GET /never/{token}", func(actor.Context, *Request) {}, HandlerTimeout(neverTime))
	to.handle("GET /mute/{token}", func(actor.Context, *Request) {})
	to.handle("GET /large/{token}", func(ctx actor.Context, r *Request) {
		ctx.Respond(r.Text(200, "token "+r.Param("token")+strings.Repeat(".", 2*turnSize)))
	})
	sceneStreams(to)
	scenePlacements(to)
	sceneFamilies(to)
}

// named is an answer that names the token of its request.
func named(r *Request) *Response { return r.Text(200, "token "+r.Param("token")) }

func slowly(ctx actor.Context, r *Request) {
	time.Sleep(slowTime)
	ctx.Respond(named(r))
}

// handle has a handler answer requests; it has no use for other messages.
func (to scene) handle(pattern string, answer func(actor.Context, *Request), options ...any) {
	to.receive(pattern, atRequest(answer), options...)
}

// receive has a handler that gets all messages.
func (to scene) receive(pattern string, receive actor.ReceiveFunc, options ...any) {
	handle(to.Server, pattern, to.props(receive), options...)
}

// props are those of an actor that the saboteur sees while it ends.
func (to scene) props(receive actor.ReceiveFunc) *actor.Props {
	return actor.PropsFromFunc(func(ctx actor.Context) { to.strikeIn(ctx); receive(ctx) })
}

func atRequest(do func(actor.Context, *Request)) actor.ReceiveFunc {
	return func(ctx actor.Context) {
		if r, ok := ctx.Message().(*Request); ok {
			do(ctx, r)
		}
	}
}

// sceneStreams are routes whose content comes or goes piece by piece.
func sceneStreams(to scene) {
	stream := func(pattern string, source func(*Request) actor.ReceiveFunc, options ...any) {
		to.handle(pattern, func(ctx actor.Context, r *Request) {
			ctx.Respond(r.Stream(200, nil, actor.PropsFromFunc(source(r))))
		}, options...)
	}
	stream("GET /stream/{token}", func(r *Request) actor.ReceiveFunc { return sourceOf(r.Param("token")) })
	stream("GET /endless/{token}", func(r *Request) actor.ReceiveFunc { return endlessly(r.Context()) })
	stream("GET /broken/{token}", func(*Request) actor.ReceiveFunc {
		return onDemand(func(ctx actor.Context, _ *ReadBody) { ctx.Stop(ctx.Self()) })
	})
	stream("GET /nonsense/{token}", func(*Request) actor.ReceiveFunc {
		return onDemand(func(ctx actor.Context, _ *ReadBody) { ctx.Respond("nonsense") })
	})
	stream("POST /duplex/{token}", echoing, StreamBody())
	to.receive("POST /pull/{token}", pullThenAnswer, StreamBody())
}

func onDemand(do func(actor.Context, *ReadBody)) actor.ReceiveFunc {
	return func(ctx actor.Context) {
		if demand, ok := ctx.Message().(*ReadBody); ok {
			do(ctx, demand)
		}
	}
}

// sourceOf sends its token in pieces.
func sourceOf(token string) actor.ReceiveFunc {
	pieces := []string{"token ", token}
	return onDemand(func(ctx actor.Context, demand *ReadBody) {
		if len(pieces) == 0 {
			ctx.Respond(demand.End(nil))
			return
		}
		ctx.Respond(demand.Data([]byte(pieces[0])))
		pieces = pieces[1:]
	})
}

// endlessly sends nothing until the context ends.
func endlessly(life context.Context) actor.ReceiveFunc {
	return onDemand(func(ctx actor.Context, demand *ReadBody) {
		consumer, root := ctx.Sender(), ctx.ActorSystem().Root
		context.AfterFunc(life, func() { root.Send(consumer, demand.End(nil)) })
	})
}

// echoing sends the token, and then the content of the request while it comes.
func echoing(r *Request) actor.ReceiveFunc {
	var asked *ReadBody
	said := false
	return func(ctx actor.Context) {
		switch message := ctx.Message().(type) {
		case *ReadBody:
			if !said {
				said = true
				ctx.Respond(message.Data([]byte("token " + r.Param("token"))))
				return
			}
			asked = message
			ctx.Request(r.ReplyTo(), r.ReadBody())
		case *BodyRead:
			switch {
			case message.Err != nil:
				ctx.Send(r.ReplyTo(), asked.Fail(message.Err))
			case message.End:
				ctx.Send(r.ReplyTo(), asked.End(nil))
			default:
				ctx.Send(r.ReplyTo(), asked.Data(message.Bytes))
			}
		}
	}
}

// pullThenAnswer pulls the content of one request after the other.
func pullThenAnswer(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *Request:
		ctx.Request(message.ReplyTo(), message.ReadBody())
	case *BodyRead:
		switch r := message.Request; {
		case message.Err != nil:
		case message.End:
			ctx.Send(r.ReplyTo(), named(r))
		default:
			ctx.Request(r.ReplyTo(), r.ReadBody())
		}
	}
}

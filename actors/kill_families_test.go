package actors

import (
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Handlers of the scene that do not answer at once, or not alone.

// sceneFamilies are routes whose handlers keep requests, put them off, or have others answer them.
func sceneFamilies(to scene) {
	handle(to.Server, "GET /kept/{token}", actor.PropsFromProducer(func() actor.Actor { return &keeper{saboteur: to.saboteur} }))
	var lives atomic.Int32
	handle(to.Server, "GET /stash/{token}", actor.PropsFromProducer(func() actor.Actor {
		return &idler{saboteur: to.saboteur, puts: lives.Add(1) == 1}
	}))
	answers := to.props(atRequest(func(ctx actor.Context, r *Request) { ctx.Respond(named(r)) }))
	handle(to.Server, "GET /member/{token}", actor.PropsFromProducer(func() actor.Actor {
		return &workers{saboteur: to.saboteur, member: answers, pass: func(ctx actor.Context, to *actor.PID, _ *Request) { ctx.Forward(to) }}
	}))
	opens := to.props(func(ctx actor.Context) {
		if message, ok := ctx.Message().(*parcel); ok {
			ctx.Respond(named(message.request))
		}
	})
	handle(to.Server, "GET /parcel/{token}", actor.PropsFromProducer(func() actor.Actor {
		return &workers{saboteur: to.saboteur, member: opens, pass: func(ctx actor.Context, to *actor.PID, r *Request) { ctx.Send(to, &parcel{r}) }}
	}))
	handle(to.Server, "GET /future/{token}", actor.PropsFromProducer(func() actor.Actor {
		return &workers{saboteur: to.saboteur, member: answers, pass: askByFuture}
	}))
	once := to.props(atRequest(func(ctx actor.Context, r *Request) {
		ctx.Respond(named(r)) // to its parent
		ctx.Stop(ctx.Self())
	}))
	to.receive("GET /asked/{token}", func(ctx actor.Context) {
		switch message := ctx.Message().(type) {
		case *Request:
			ctx.Request(ctx.Spawn(once), message)
		case *Response:
			ctx.Send(message.request.ReplyTo(), message)
		}
	})
}

// A tick is what an actor waits for that does something later.
type tick struct{ request *Request }

// tickLater has an actor get a tick.
func tickLater(ctx actor.Context, after time.Duration, r *Request) {
	self, root := ctx.Self(), ctx.ActorSystem().Root
	time.AfterFunc(after, func() { root.Send(self, &tick{r}) })
}

// A keeper answers later.
type keeper struct{ saboteur *saboteur }

func (k *keeper) Receive(ctx actor.Context) {
	k.saboteur.strikeIn(ctx)
	switch message := ctx.Message().(type) {
	case *Request:
		tickLater(ctx, keptTime, message)
	case *tick:
		ctx.Send(message.request.ReplyTo(), named(message.request))
	}
}

// An idler puts requests off in its first life, which ends soon, and answers them in the next.
type idler struct {
	saboteur *saboteur
	puts     bool
}

func (i *idler) Receive(ctx actor.Context) {
	i.saboteur.strikeIn(ctx)
	switch message := ctx.Message().(type) {
	case *Request:
		if i.puts {
			ctx.Stash()
			tickLater(ctx, slowTime, message)
			return
		}
		ctx.Respond(named(message))
	case *tick:
		if i.puts {
			panic("this life is over")
		}
	}
}

// A pool passes its requests on to a member.
type workers struct {
	saboteur *saboteur
	member   *actor.Props
	pass     func(ctx actor.Context, to *actor.PID, r *Request)
	pid      *actor.PID
}

func (p *workers) Receive(ctx actor.Context) {
	p.saboteur.strikeIn(ctx)
	switch message := ctx.Message().(type) {
	case *actor.Started:
		p.pid = ctx.Spawn(p.member)
	case *actor.Terminated:
		if p.pid.Equal(message.Who) {
			p.pid = ctx.Spawn(p.member)
		}
	case *Request:
		p.pass(ctx, p.pid, message)
	}
}

// A parcel carries a request.
type parcel struct{ request *Request }

func (p *parcel) CarriedRequest() *Request { return p.request }

// askByFuture waits for the answer of another actor, and passes it on.
func askByFuture(ctx actor.Context, to *actor.PID, r *Request) {
	ctx.ReenterAfter(ctx.RequestFuture(to, r, keptTime), func(answer any, _ error) {
		if response, ok := answer.(*Response); ok {
			ctx.Send(r.ReplyTo(), response)
			return
		}
		ctx.Send(r.ReplyTo(), r.Text(503, "no answer"))
	})
}

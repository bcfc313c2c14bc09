package actors

import (
	"strings"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// scenePlacements are routes whose handlers have several actors, or none for long.
func scenePlacements(to scene) {
	naming := func() actor.Actor {
		return actor.ReceiveFunc(func(ctx actor.Context) {
			to.strikeIn(ctx)
			if r, ok := ctx.Message().(*Request); ok {
				ctx.Respond(named(r))
			}
		})
	}
	to.Server.Handle("GET /pool/{token}", Pool(2, naming, Named("pool")))
	to.Server.Handle("GET /once/{token}", PerRequest(naming, Named("once"), MaxActors(2)))
	to.Server.Handle("GET /func/{token}", Func(func(r *Request) *Response {
		if strings.HasPrefix(r.Param("token"), "poison") {
			panic("asked to")
		}
		return named(r)
	}, Named("func"), MaxActors(2)))
	to.Server.Handle("GET /key/{room}/{token}", PerKey("room", naming, Named("key"), IdleAfter(2*slowTime)))
	leaving := func() actor.Actor {
		return actor.ReceiveFunc(func(ctx actor.Context) {
			to.strikeIn(ctx)
			if r, ok := ctx.Message().(*Request); ok {
				time.Sleep(slowTime / 5)
				ctx.Respond(named(r))
				ctx.Stop(ctx.Self())
			}
		})
	}
	to.Server.Handle("GET /leave/{room}/{token}", PerKey("room", leaving, Named("leave")))
	to.Server.Handle("GET /seat/{room}/{token}", PerKey("room", naming, Named("seat"), MaxActors(1)))
}

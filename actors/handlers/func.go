// Package handlers has ready-made handler actors. It uses only what package actors exports, as your
// own handlers would.
package handlers

import (
	"fmt"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
)

// Func is a handler without state: it answers each request with what the function returns. The
// function is called by one goroutine at a time. If it panics or returns nil, the client gets a 500.
func Func(handle func(*actors.Request) *actors.Response) *actor.Props {
	return actor.PropsFromFunc(func(ctx actor.Context) {
		request, ok := ctx.Message().(*actors.Request)
		if !ok {
			return
		}
		response := handle(request)
		if response == nil {
			panic(fmt.Errorf("the handler of %q returned no response", request.Pattern()))
		}
		ctx.Respond(response)
	})
}

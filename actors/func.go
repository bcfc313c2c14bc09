package actors

import (
	"fmt"

	"github.com/asynkron/protoactor-go/actor"
)

// Func makes the props of a handler without state: it answers each request with what the function returns.
// The function is called by one goroutine at a time. If it panics or returns nil, the client gets a 500, and the
// next request is served at once: there is no state that could be broken, so nothing is restarted.
func Func(handle func(*Request) *Response) *actor.Props {
	if handle == nil {
		mistake("Func: the function is nil")
	}
	return actor.PropsFromProducer(func() actor.Actor { return &function{handle} })
}

// A function is the actor of Func.
type function struct {
	handle func(*Request) *Response
}

func (f *function) Receive(ctx actor.Context) {
	request, ok := ctx.Message().(*Request)
	if !ok {
		return
	}
	response := f.handle(request)
	if response == nil {
		panic(fmt.Errorf("the handler of %q returned no response", request.Pattern()))
	}
	ctx.Respond(response)
}

// isOfRequest reports whether a message is one that some request has led to, as far as anybody can know.
func isOfRequest(message any) bool {
	switch actor.UnwrapEnvelopeMessage(message).(type) {
	case *Request, Carrier, *Response, *ReadBody, *BodyRead:
		return true
	}
	return false
}

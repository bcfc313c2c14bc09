package actors

import (
	"fmt"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/routing"
)

// A Handler says which actors answer requests, and how many there are. [One], [Pool], [PerKey], [PerRequest] and
// [Func] make one. Give it to [Server.Handle] with each pattern whose requests it answers: all these requests reach
// the same actors, and the same state. You may give it to several servers; each has its own actors.
type Handler struct {
	kind     string // the function that made it
	props    *actor.Props
	makes    func(*handler) placement
	key      string // the path parameter of PerKey
	source   string // file:line where it was made
	settings handlerSettings
}

// One makes a handler of one actor. The actor gets one request at a time, from all patterns of the handler, so its
// state needs no lock.
//
// The producer returns a new actor each time: at the start, and at each restart after a crash.
func One(producer actor.Producer, options ...HandlerOption) *Handler {
	return newHandler("One", producer, options, func(of *handler) placement { return newPool(of, 1) })
}

// Pool makes a handler of n actors. A request goes to the actor with the fewest requests in its queue. Each actor has
// its own state, and restarts alone after a crash.
//
// It panics if n is not above 0.
func Pool(n int, producer actor.Producer, options ...HandlerOption) *Handler {
	if n <= 0 {
		mistake("Pool: %d actors: there has to be at least one", n)
	}
	return newHandler("Pool", producer, options, func(of *handler) placement { return newPool(of, n) })
}

// PerRequest makes a handler with a new actor for each request. The actor is stopped when the exchange is over, also
// when it has timed out or the client is gone. An actor that crashes is not restarted.
//
// There are at most 1000 actors at a time, unless [MaxActors] sets another number; further requests wait.
func PerRequest(producer actor.Producer, options ...HandlerOption) *Handler {
	return newHandler("PerRequest", producer, options, func(of *handler) placement { return newCrew(of, perRequestActors, true) })
}

// PerKey makes a handler with one actor for each value of a path parameter. With the parameter "room" and the pattern
// "GET /rooms/{room}", requests for /rooms/red and /rooms/blue reach two actors. An actor is made at the first
// request for its key. Every pattern of the handler must have the parameter; under all of them, the same key reaches
// the same actor.
//
// An actor gets its key from [Key]. It is stopped after it has had no request for the time of [IdleAfter]: 5 minutes.
// A request that arrives while it stops waits, and reaches its successor: there are never two actors with one key.
// There are at most 10,000 actors, unless [MaxActors] sets another number. If there are more keys, the actor that has
// been idle for longest is stopped; if none is idle, the request is answered 503.
func PerKey(parameter string, producer actor.Producer, options ...HandlerOption) *Handler {
	if !routing.IsName(parameter) {
		mistake("PerKey: %q is no name of a path parameter: write room for a pattern with {room}", parameter)
	}
	h := newHandler("PerKey", producer, options, func(of *handler) placement { return newKeyed(of) })
	h.key = parameter
	return h
}

// Func makes a handler without state: it answers each request with what the function returns. The function is called
// for many requests at once, so anything it shares needs a lock. If it panics or returns nil, the client gets a 500;
// a function that has answered by [Request.Reply] returns nil. Nothing is restarted, because there is no state that could
// be broken.
//
// At most 1000 calls run at a time, unless [MaxActors] sets another number; further requests wait.
func Func(handle func(*Request) *Response, options ...HandlerOption) *Handler {
	if handle == nil {
		mistake("Func: the function is nil")
	}
	produce := func() actor.Actor { return &function{handle} }
	return newHandler("Func", produce, options, func(of *handler) placement { return newCrew(of, funcActors, false) })
}

func newHandler(kind string, produce actor.Producer, options []HandlerOption, makes func(*handler) placement) *Handler {
	if produce == nil {
		mistake("%s: the producer is nil: give it a function that returns a new actor, as in func() actor.Actor { return &counter{} }", kind)
	}
	h := &Handler{kind: kind, makes: makes, source: caller()}
	for _, option := range options {
		if option == nil {
			mistake("%s: an option is nil", kind)
		}
		option.setHandler(h)
	}
	if h.props = actor.PropsFromProducer(produce, h.settings.props...); hasSpawner(h.props) {
		mistake("%s: a spawn function of its own is not supported: use Pool for several actors", kind)
	}
	return h
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
	if response == nil && (request.progress.answered.Load() || request.progress.aborted.Load()) {
		return
	}
	if response == nil {
		panic(fmt.Errorf("the handler of %q returned no response", request.Pattern()))
	}
	ctx.Respond(response)
}

package troupe

import (
	"encoding/json"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// servePlacements has a route for each placement, all with the same answer, and routes for the single measurements.
func servePlacements(listener net.Listener) error {
	server := actors.NewServer(wide(os.Stderr))
	handleHealth(server)
	counted := new(census)
	for path, handler := range map[string]*actors.Handler{
		site.OnePath:     actors.One(newHost),
		site.PoolPath:    actors.Pool(site.PoolActors, newHost),
		site.RequestPath: actors.PerRequest(newHost),
		site.KeyPath:     actors.PerKey("key", newHost),
		site.FuncPath:    actors.Func(func(r *actors.Request) *actors.Response { return r.Text(200, site.Greeting) }),
		site.EntityPath:  actors.PerKey("key", counted.newEntity, actors.MaxActors(site.MostEntities)),
		site.BriefPath:   actors.PerKey("key", counted.newEntity, actors.IdleAfter(site.BriefTime)),
	} {
		server.Handle("GET "+path+"{key}", handler)
	}
	server.Handle("GET "+site.BlockPath, actors.Func(func(r *actors.Request) *actors.Response {
		time.Sleep(site.BlockTime)
		return r.Text(200, site.Greeting)
	}))
	server.Handle("GET "+site.PlacementPath, actors.Func(counted.answer), actors.HandlerTimeout(-1))
	return server.Serve(listener)
}

// A host has no state.
type host struct{}

func newHost() actor.Actor { return host{} }

// Receive answers a request.
func (host) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		ctx.Respond(request.Text(200, site.Greeting))
	}
}

// A census counts entities.
type census struct{ made, stopped atomic.Int64 }

func (c *census) newEntity() actor.Actor {
	c.made.Add(1)
	return &entity{counted: c}
}

// answer reports the state after two garbage collections: memory in a pool is garbage only at the second.
func (c *census) answer(r *actors.Request) *actors.Response {
	debug.FreeOSMemory()
	debug.FreeOSMemory()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	state, err := json.Marshal(site.PlacementState{
		Heap: int64(memory.HeapAlloc), Made: c.made.Load(), Stopped: c.stopped.Load(),
	})
	if err != nil {
		panic(err)
	}
	return r.Bytes(200, "application/json", state)
}

// An entity counts its requests.
type entity struct {
	counted *census
	asked   int
}

// Receive answers with the key.
func (e *entity) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actors.Request:
		e.asked++
		ctx.Respond(message.Text(200, actors.Key(ctx)))
	case *actor.Stopped:
		e.counted.stopped.Add(1)
	}
}

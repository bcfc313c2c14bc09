package troupe

import (
	"fmt"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// serveCrash formats its log as by default, and throws it away: the log line is part of the cost of a crash.
func serveCrash(listener net.Listener) error {
	server := actors.NewServer(wide(io.Discard))
	server.Handle("GET /ordinary", actors.Func(func(r *actors.Request) *actors.Response { return r.Text(200, site.Greeting) }))
	moments := make([]atomic.Int64, site.CrashRoutes)
	for i := range site.CrashRoutes {
		for kind, handler := range map[string]*actors.Handler{
			"panic": actors.Func(func(*actors.Request) *actors.Response { panic("as it was told to") }),
			"stop":  actors.One(func() actor.Actor { return &stopper{&moments[i]} }),
			"keep":  actors.One(func() actor.Actor { return &keeper{failed: &moments[i]} }),
		} {
			server.Handle(fmt.Sprintf("GET /%s/%d", kind, i), handler)
		}
	}
	server.Handle("GET /moment/{route}", actors.Func(func(r *actors.Request) *actors.Response {
		i, err := strconv.Atoi(r.Param("route"))
		if err != nil || i < 0 || i >= site.CrashRoutes {
			return r.Text(404, "There is no such route.\n")
		}
		return r.Text(200, strconv.FormatInt(moments[i].Load(), 10))
	}))
	return server.Serve(listener)
}

// A stopper works on one request, and stops when it has answered it. It notes the time, in nanoseconds since 1970.
type stopper struct{ failed *atomic.Int64 }

// Receive answers a request, and stops.
func (s *stopper) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		time.Sleep(site.StopDelay)
		ctx.Respond(request.Text(200, site.Greeting))
		s.failed.Store(time.Now().UnixNano())
		ctx.Stop(ctx.Self())
	}
}

// A keeper answers nobody. It crashes when it keeps the requests of all bystanders and gets the one that makes it
// crash.
type keeper struct {
	failed *atomic.Int64
	kept   []*actors.Request
}

// Receive keeps a request, and crashes when it has enough.
func (k *keeper) Receive(ctx actor.Context) {
	if request, ok := ctx.Message().(*actors.Request); ok {
		if k.kept = append(k.kept, request); len(k.kept) > site.Bystanders {
			k.failed.Store(time.Now().UnixNano())
			panic("as it was told to")
		}
	}
}

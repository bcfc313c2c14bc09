package placements

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
)

const (
	// briefKeys is how many keys the clients request, at random: few enough that two clients may ask for the same key
	// while its actor stops, and enough that most actors are idle for longer than allowed.
	briefKeys = 200

	// briefRequests is how many requests there are in all.
	briefRequests = 100_000
)

// idled is the outcome of requests whose actors soon stop.
type idled struct {
	asked, failed int
	made          int64 // actors
	example       error // of a failure
}

// idleOut requests actors that stop after a few milliseconds without a request.
func idleOut(ctx context.Context, requests int) (seen idled, err error) {
	server, err := rivals.StartServing(ctx, roster.Troupe, "placements")
	if err != nil {
		return seen, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	seen = askAtRandom(ctx, server.Addr, requests)
	if err := errors.Join(ctx.Err(), server.Alive()); err != nil {
		return seen, err
	}
	state, err := stateOf(ctx, server)
	seen.made = state.Made
	return seen, err
}

// askAtRandom lets the clients make that many requests together. An answer of another key's actor is a failure.
func askAtRandom(ctx context.Context, addr string, requests int) (seen idled) {
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		left atomic.Int64
	)
	left.Store(int64(requests))
	for i := range clients {
		all.Go(func() {
			v := &load.Visitor{Addr: addr}
			defer v.Close()
			chance := rand.New(rand.NewPCG(1, uint64(i)))
			for left.Add(-1) >= 0 && ctx.Err() == nil {
				err := askKey(ctx, v, site.BriefPath, chance.IntN(briefKeys))
				mu.Lock()
				if seen.asked++; err != nil {
					seen.failed++
					seen.example = err
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return seen
}

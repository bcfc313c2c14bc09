// Package guests has the clients of the soak: good, slow, wrong and malicious ones.
package guests

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/soak/ledger"
)

// A kind of guests does the same again and again, with pauses up to a maximum.
type kind struct {
	number int
	pause  time.Duration
	act    func(context.Context, guest)
}

func crowd() []kind {
	return []kind{
		{200, 50 * time.Millisecond, behave},
		{15, time.Second, slowHead},
		{15, time.Second, slowContent},
		{20, 100 * time.Millisecond, slowReading},
		{30, 200 * time.Millisecond, malformed},
		{40, 100 * time.Millisecond, abuse},
	}
}

// Size is how many clients there are at once.
func Size() int {
	size := 0
	for _, k := range crowd() {
		size += k.number
	}
	return size
}

// Beset runs all clients for a while. Each has its own random numbers, which follow from the seed.
func Beset(ctx context.Context, addr string, seed uint64, book *ledger.Ledger, lasting time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, lasting)
	defer cancel()
	var clients sync.WaitGroup
	number := uint64(0)
	for _, kind := range crowd() {
		for range kind.number {
			number++
			g := guest{addr, rand.New(rand.NewPCG(seed, number)), book}
			clients.Go(func() {
				for ctx.Err() == nil {
					kind.act(ctx, g)
					machine.Rest(ctx, time.Duration(g.rand.Int64N(int64(kind.pause))))
				}
			})
		}
	}
	clients.Wait()
}

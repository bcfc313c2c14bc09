package placements

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/process"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
)

const (
	// entities is how many actors are idle at once.
	entities = 100_000

	// makers is how many clients cause them to be made.
	makers = 8

	// patience is longer than any answer may take.
	patience = 20 * time.Second
)

// entityOctets measures how many octets of heap each of count idle actors has that were asked once.
func entityOctets(ctx context.Context, count int) (each float64, err error) {
	server, err := rivals.StartServing(ctx, roster.Troupe, "placements")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	// Make everything that is made on first use, and close the connections both times.
	if err := makeEntities(ctx, server.Addr, 0, makers); err != nil {
		return 0, err
	}
	before, err := stateOf(ctx, server)
	if err != nil {
		return 0, err
	}
	if err := makeEntities(ctx, server.Addr, makers, count); err != nil {
		return 0, errors.Join(err, server.Alive())
	}
	after, err := stateOf(ctx, server)
	if err != nil {
		return 0, err
	}
	if made := after.Made - before.Made; made != int64(count) || after.Stopped > 0 {
		return 0, fmt.Errorf("%d actors were made, and %d have stopped, of %d that should be idle", made, after.Stopped, count)
	}
	return float64(after.Heap-before.Heap) / float64(count), nil
}

// makeEntities asks for each of count keys once, from the key first on.
func makeEntities(ctx context.Context, addr string, first, count int) error {
	var clients sync.WaitGroup
	failures := make([]error, makers)
	for i := range makers {
		clients.Go(func() {
			v := &load.Visitor{Addr: addr}
			defer v.Close()
			for key := first + i; key < first+count && failures[i] == nil; key += makers {
				failures[i] = askKey(ctx, v, site.EntityPath, key)
			}
		})
	}
	clients.Wait()
	return errors.Join(failures...)
}

// askKey fails unless the actor of that key answers.
func askKey(ctx context.Context, v *load.Visitor, path string, key int) error {
	name := strconv.Itoa(key)
	r, err := v.Ask(ctx, load.Get(path+name), time.Now().Add(patience))
	if err != nil {
		return err
	}
	if r.Status != 200 || r.Body != name {
		return fmt.Errorf("the answer for key %s is %d with %q", name, r.Status, r.Body)
	}
	return nil
}

// stateOf asks a server for its state, when it has collected its garbage.
func stateOf(ctx context.Context, p *process.Process) (state site.PlacementState, err error) {
	v := &load.Visitor{Addr: p.Addr}
	defer v.Close()
	r, err := v.Ask(ctx, load.Get(site.PlacementPath), time.Now().Add(patience))
	if err != nil {
		return state, errors.Join(p.Alive(), fmt.Errorf("asking for its state: %w", err))
	}
	if err := json.Unmarshal([]byte(r.Body), &state); err != nil {
		return state, fmt.Errorf("its state is %.60q: %w", r.Body, err)
	}
	return state, nil
}

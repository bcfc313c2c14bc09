package placements

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

// blockers are the servers that have a function that blocks.
func blockers() []string { return []string{roster.Troupe, roster.NetHTTP} }

// settling is how long requests come before they count: by then the servers have their goroutines.
const settling = 100 * time.Millisecond

// block lets the clients call a function that does nothing for a while.
func (f *figures) block(ctx context.Context, addr, name string, lasting time.Duration) error {
	loop := load.ClosedLoop{Addr: addr, Request: load.Get(site.BlockPath), Patience: patience, Visitors: clients}
	seen := loop.Ask(ctx, settling, lasting)
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(seen.Served) == 0 || len(seen.Served) < seen.Offered {
		return fmt.Errorf("%d of %d requests were answered 200", len(seen.Served), seen.Offered)
	}
	rate := float64(len(seen.Served)) / lasting.Seconds()
	f.blocked.Add(perSecond, "", name, rate)
	fmt.Fprintf(os.Stderr, "%-18s  %8.0f requests/s of a function that blocks\n", roster.Label(name), rate)
	return nil
}

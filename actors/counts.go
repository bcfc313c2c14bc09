package actors

import (
	"log/slog"
	"sync/atomic"
)

// counts count what the server did. A connection adds its exchanges when it ends, so that exchanges share no counter.
type counts struct {
	connections, exchanges, refused, unavailable, timeouts, crashes, late atomic.Uint64
}

// totals are the counts as the log shows them.
func (env *env) totals() []slog.Attr {
	c, rejected := &env.counts, uint64(0)
	for _, rejection := range env.rejections.list() {
		rejected += rejection.Count
	}
	return []slog.Attr{
		slog.Uint64("connections", c.connections.Load()),
		slog.Uint64("exchanges", c.exchanges.Load()),
		slog.Uint64("rejected", rejected),
		slog.Uint64("refused", c.refused.Load()),
		slog.Uint64("unavailable", c.unavailable.Load()),
		slog.Uint64("timeouts", c.timeouts.Load()),
		slog.Uint64("crashes", c.crashes.Load()),
		slog.Uint64("late", c.late.Load()),
	}
}

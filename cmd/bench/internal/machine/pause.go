package machine

import (
	"context"
	"time"
)

// Rest waits until d has passed or the context ends.
func Rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

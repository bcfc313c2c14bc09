package machine

import (
	"context"
	"time"
)

// Rest waits, but not for one who is interrupted.
func Rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

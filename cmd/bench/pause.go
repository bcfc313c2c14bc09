package main

import (
	"context"
	"time"
)

// rest waits, but not for one who is interrupted.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

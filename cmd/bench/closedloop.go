package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

const (
	capacityVisitors = 4
	capacityTime     = 2 * time.Second
)

// capacity is how many requests a second the server answers when a few visitors ask in turns, each
// when it has its answer: what it can do, without being asked for more.
func capacity(ctx context.Context, addr string, request []byte) (float64, error) {
	var (
		visitors sync.WaitGroup
		answered atomic.Int64
		broken   atomic.Int64
	)
	start := time.Now()
	for range capacityVisitors {
		visitors.Go(func() {
			v := &visitor{addr: addr, request: request, patience: capacityTime}
			defer v.close()
			for time.Since(start) < capacityTime && ctx.Err() == nil {
				if v.visit(ctx, time.Now()).outcome != served {
					broken.Add(1)
					return
				}
				answered.Add(1)
			}
		})
	}
	visitors.Wait()
	if broken.Load() > 0 || answered.Load() == 0 {
		return 0, fmt.Errorf("of %d visitors that did not press it, %d were not served", capacityVisitors, broken.Load())
	}
	return float64(answered.Load()) / time.Since(start).Seconds(), nil
}

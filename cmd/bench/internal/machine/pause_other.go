//go:build !linux

package machine

import "time"

func Pause(d time.Duration) { time.Sleep(d) }

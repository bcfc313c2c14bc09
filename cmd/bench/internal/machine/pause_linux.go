package machine

import (
	"time"

	"golang.org/x/sys/unix"
)

// Pause waits exactly. The timers of Go can be a millisecond late, which is half of what is measured here.
func Pause(d time.Duration) {
	if d > 0 {
		left := unix.NsecToTimespec(d.Nanoseconds())
		_ = unix.Nanosleep(&left, nil) // a signal shortens it: the next pause makes up for that
	}
}

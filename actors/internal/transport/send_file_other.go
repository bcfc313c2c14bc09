//go:build !linux

package transport

import (
	"os"
	"time"
)

// SendFile is not done by the kernel on this system.
func SendFile(Socket, *os.File, int64, time.Duration, int) (int64, error) { return 0, ErrNotSendable }

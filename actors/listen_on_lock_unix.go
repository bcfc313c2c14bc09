//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package actors

import (
	"os"
	"syscall"
	"time"
)

// lockDirectory keeps other servers from making or replacing a Unix socket in the directory until unlock: between
// bind and listen a socket looks like one that was left behind. It gives up after lockPatience, because anybody who
// can read the directory can lock it.
func lockDirectory(path string) (unlock func()) {
	directory, err := os.Open(path)
	if err != nil {
		return func() {} // some directories can be written but not read
	}
	fd := int(directory.Fd())
	for until := time.Now().Add(lockPatience); ; time.Sleep(lockPause) {
		err := syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB)
		busy := err == syscall.EWOULDBLOCK || err == syscall.EINTR
		if !busy || time.Now().After(until) {
			break
		}
	}
	return func() {
		syscall.Flock(fd, syscall.LOCK_UN) // a process that is just starting may have the descriptor too
		directory.Close()
	}
}

const (
	lockPatience = time.Second
	lockPause    = time.Millisecond
)

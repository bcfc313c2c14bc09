//go:build unix

package handlers_test

import (
	"syscall"
	"testing"
)

// makePipe makes a file that would block whoever opens it.
func makePipe(t *testing.T, name string) {
	t.Helper()
	if err := syscall.Mkfifo(name, 0o644); err != nil {
		t.Fatal(err)
	}
}

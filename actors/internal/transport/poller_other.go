//go:build !linux

package transport

import "errors"

// A Poller does not exist on this system: each socket has a goroutine that waits.
type Poller struct{}

// NewPoller fails with errors.ErrUnsupported.
func NewPoller() (*Poller, error) { return nil, errors.ErrUnsupported }

// Wait, Look, Deliver and Close do nothing.
func (*Poller) Wait() bool { return false }
func (*Poller) Look() bool { return false }
func (*Poller) Deliver()   {}
func (*Poller) Close()     {}

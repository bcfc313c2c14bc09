//go:build !unix

package actors

import "errors"

const canWaitReadable = false

func (s *streamSocket) readWhenReadable() error { return errors.ErrUnsupported }

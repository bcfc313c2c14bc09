//go:build !unix

package transport

import "errors"

const canWaitReadable = false

func (s *Stream) readWhenReadable() error { return errors.ErrUnsupported }

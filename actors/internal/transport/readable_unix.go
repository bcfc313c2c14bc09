//go:build unix

package transport

import (
	"io"
	"syscall"
)

const canWaitReadable = true

// readWhenReadable waits until the kernel has octets, and only then takes a buffer.
func (s *Stream) readWhenReadable() error {
	var failed error
	err := s.raw.Read(func(fd uintptr) bool {
		buffer := readBuffers.Get().(*[readSize]byte)
		n, err := syscall.Read(int(fd), buffer[:])
		for err == syscall.EINTR {
			n, err = syscall.Read(int(fd), buffer[:])
		}
		if n > 0 {
			s.buffer, s.octets = buffer, buffer[:n]
			return true
		}
		readBuffers.Put(buffer)
		if err == nil {
			err = io.EOF
		}
		failed = err
		return err != syscall.EAGAIN
	})
	if err != nil {
		return err
	}
	if len(s.octets) > 0 {
		return nil
	}
	return failed
}

package transport

import (
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// SendFile sends octets of a file from its position on, as Write does, but in the kernel: they are not copied to the
// process. It returns how many were sent; ErrNotSendable if the kernel cannot send the rest of this file to this socket,
// and io.ErrUnexpectedEOF if the file has fewer.
func SendFile(to Socket, from *os.File, octets int64, timeout time.Duration, rate int) (sent int64, err error) {
	polled, is := to.(interface{ plain() *polledSocket })
	if !is {
		return 0, ErrNotSendable
	}
	s := polled.plain()
	if s == nil {
		return 0, ErrNotSendable
	}
	if s.closed.Load() {
		return 0, net.ErrClosed
	}
	raw, err := from.SyscallConn()
	if err != nil {
		return 0, ErrNotSendable
	}
	s.timeout, s.rate = timeout, rate
	controlErr := raw.Control(func(fd uintptr) { sent, err = s.sendFrom(int(fd), octets) })
	if controlErr != nil {
		return sent, ErrNotSendable // it is closed: reading it says so
	}
	return sent, err
}

// plain is the socket of the kernel, if nothing on top of it changes the octets, as TLS does; else nil.
func (s *polledSocket) plain() *polledSocket { return s }

func (s *gatedSocket) plain() *polledSocket {
	if s.Encrypted() {
		return nil
	}
	return &s.polledSocket
}

func (s *polledSocket) sendFrom(fd int, octets int64) (sent int64, err error) {
	for sent < octets {
		n, err := syscall.Sendfile(s.fd, fd, nil, int(min(octets-sent, mostAtOnce)))
		if n > 0 {
			sent += int64(n)
			s.sent += int64(n)
			continue
		}
		switch err {
		case nil:
			return sent, io.ErrUnexpectedEOF
		case syscall.EINTR:
		case syscall.EAGAIN:
			if err := s.awaitWritable(); err != nil {
				return sent, err
			}
		case syscall.EINVAL, syscall.ENOSYS, syscall.EOPNOTSUPP, syscall.EOVERFLOW:
			return sent, ErrNotSendable
		default:
			return sent, os.NewSyscallError("sendfile", err)
		}
	}
	return sent, nil
}

// mostAtOnce is below what one call of sendfile takes, on every kernel.
const mostAtOnce = 1 << 30

package transport

import (
	"net"
	"syscall"
	"testing"
	"time"
)

// A client that was cut off while nothing is sent to it is found by keep-alive, in minutes and not in hours.
func TestAcceptedSocketsAreKeptAliveAsByPackageNet(t *testing.T) {
	s, client := dialAcceptor(t, func(on net.Listener) Acceptor { return NewAcceptor(on, polling(t)) })
	defer client.Close()
	defer s.Close()
	fd := s.(*polledSocket).fd
	for _, option := range []struct{ name, want int }{
		{syscall.TCP_NODELAY, 1}, {syscall.TCP_KEEPIDLE, 15}, {syscall.TCP_KEEPINTVL, 15}, {syscall.TCP_KEEPCNT, 9},
	} {
		if got, err := syscall.GetsockoptInt(fd, syscall.IPPROTO_TCP, option.name); got != option.want || err != nil {
			t.Errorf("TCP option %d: want %d, got %d, %v", option.name, option.want, got, err)
		}
	}
}

// What a client does not take stays with the server, and costs the kernel little: it has a limit for all
// connections together.
func TestAClientThatTakesNothingCostsTheKernelLittle(t *testing.T) {
	for name, from := range map[string]func(net.Listener) Acceptor{
		"polled":       func(on net.Listener) Acceptor { return NewAcceptor(on, polling(t)) },
		"any net.Conn": newStreamAcceptor,
	} {
		t.Run(name, func(t *testing.T) {
			s, client := dialAcceptor(t, from)
			defer client.Close()
			defer s.Close()
			if err := s.Write(make([]byte, 16<<20), 100*time.Millisecond, 0); err == nil {
				t.Fatal("want the write to fail: nobody reads")
			}
			queued := int32(-1)
			switch s := s.(type) {
			case *polledSocket:
				queued = unacknowledged(s.fd)
			case *Stream:
				queued = s.below.unacknowledged()
			}
			if queued < 0 || queued > 1<<20 {
				t.Errorf("the kernel holds %d octets for it", queued)
			}
		})
	}
}

package transport

import (
	"net"
	"syscall"
	"testing"
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

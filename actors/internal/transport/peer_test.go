package transport

import (
	"net"
	"testing"
)

func TestThePeerOfAnyAddress(t *testing.T) {
	for want, address := range map[string]net.Addr{
		"192.0.2.1:80": &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 80},
		"unix":         &net.UnixAddr{Net: "unix"},
		"unknown":      nil, // its client was gone before it was accepted
	} {
		if got := peerOf(address); got != want {
			t.Errorf("%v: want %q, got %q", address, want, got)
		}
	}
}

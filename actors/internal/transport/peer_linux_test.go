package transport

import (
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
)

// Peers are the same on the fast path as package net has them.
func TestThePeerOfADescriptor(t *testing.T) {
	loopback, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	linkLocal := netip.MustParseAddr("fe80::1").As16()
	for want, from := range map[string]syscall.Sockaddr{
		"192.0.2.1:80":       &syscall.SockaddrInet4{Addr: [4]byte{192, 0, 2, 1}, Port: 80},
		"[2001:db8::1]:80":   &syscall.SockaddrInet6{Addr: netip.MustParseAddr("2001:db8::1").As16(), Port: 80},
		"192.0.2.7:80":       &syscall.SockaddrInet6{Addr: netip.MustParseAddr("::ffff:192.0.2.7").As16(), Port: 80},
		"[fe80::1%lo]:80":    &syscall.SockaddrInet6{Addr: linkLocal, Port: 80, ZoneId: uint32(loopback.Index)},
		"[fe80::1%99999]:80": &syscall.SockaddrInet6{Addr: linkLocal, Port: 80, ZoneId: 99999},
		"unix":               &syscall.SockaddrUnix{},
	} {
		if got := addressOf(from); got != want {
			t.Errorf("want %q, got %q", want, got)
		}
		if !strings.Contains(want, ":") {
			continue
		}
		if _, err := netip.ParseAddrPort(addressOf(from)); err != nil {
			t.Error(err)
		}
	}
}

package main

import (
	"net"
	"strings"
	"testing"
)

// A listenerAt is at an address, and does nothing there.
type listenerAt struct {
	net.Listener
	address net.Addr
}

func (l listenerAt) Addr() net.Addr { return l.address }

func tcpAt(t *testing.T, address string) net.Listener {
	t.Helper()
	tcp, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return listenerAt{address: tcp}
}

func TestAnnounce(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:8080": "://127.0.0.1:8080",
		"192.0.2.7:80":   "://192.0.2.7:80",
		"0.0.0.0:8080":   "://localhost:8080 (on all interfaces)", // any address is none to visit
		"[::]:8080":      "://localhost:8080 (on all interfaces)",
		"[::1]:8080":     "://[::1]:8080",
	} {
		for scheme, o := range map[string]options{"http": {}, "https": {keyPair: keyPair{tlsCert: "c"}}} {
			var text strings.Builder
			routes := []routeOf{newRoute("GET /a", "what a is", nil), newRoute("POST /b/{c}", "what b is", nil)}
			announce(&text, listeners{all: []net.Listener{tcpAt(t, address)}}, o, routes)
			lines := strings.Split(text.String(), "\n")
			if lines[0] != "Server running at "+scheme+want {
				t.Errorf("%s: %q, want %s%s", address, lines[0], scheme, want)
			}
			if len(lines) != 4 || strings.Join(strings.Fields(lines[1]), " ") != "GET /a what a is" ||
				strings.Join(strings.Fields(lines[2]), " ") != "POST /b/{c} what b is" {
				t.Errorf("%s: below it %q, want a line for each route", address, lines[1:])
			}
		}
	}
}

func TestAnnounceInherited(t *testing.T) {
	unix := listenerAt{address: &net.UnixAddr{Name: "/run/troupe.sock", Net: "unix"}}
	var text strings.Builder
	announce(&text, listeners{all: []net.Listener{tcpAt(t, "127.0.0.1:80"), unix}, inherited: true}, options{}, nil)
	want := "Server running at http://127.0.0.1:80\nServer running at unix:/run/troupe.sock\n" +
		"  on 2 inherited, from LISTEN_FDS; --addr does not count\n"
	if text.String() != want {
		t.Errorf("%q, want %q", text.String(), want)
	}
}

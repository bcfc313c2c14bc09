package handlers_test

import (
	"net/netip"
	"testing"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/actorstest"
	"github.com/troupe-go/troupe/actors/handlers"
)

// client says who the client is.
var client = saying(func(r *actors.Request) string { return handlers.Client(r).String() })

func TestForwardedFor(t *testing.T) {
	const nobody = "invalid IP" // the peer of a call
	trusted := []netip.Prefix{handlers.UnixSocket(), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48")}
	server := newServer(t)
	server.Handle("GET /x", client, handlers.ForwardedFor("X-Forwarded-For", trusted...))
	server.Handle("GET /f", client, handlers.ForwardedFor("forwarded", trusted...))
	server.Handle("GET /u", client, handlers.ForwardedFor("X-Forwarded-For", trusted[1:]...))
	for _, test := range []struct {
		why, path, want string
		values          []string
	}{
		{"nothing", "/x", nobody, nil},
		{"one", "/x", "192.0.2.7", []string{"192.0.2.7"}},
		{"the last one that is not trusted", "/x", "192.0.2.7", []string{"198.51.100.1, 192.0.2.7, 10.0.0.1,10.9.9.9"}},
		{"over several lines", "/x", "192.0.2.7", []string{"198.51.100.1", "192.0.2.7,10.0.0.1", "10.0.0.2"}},
		{"all trusted: the first", "/x", "10.0.0.3", []string{"10.0.0.3, 10.0.0.2"}},
		{"the peer is not trusted", "/u", nobody, []string{"192.0.2.7"}},
		{"another field is the client's own", "/x", nobody, nil},
		{"RFC 9110 §5.6.1: empty elements", "/x", "192.0.2.7", []string{" ,192.0.2.7, ,10.0.0.1,,"}},
		{"a port", "/x", "192.0.2.7", []string{"192.0.2.7:4711"}},
		{"IPv6", "/x", "2001:db8::7", []string{"2001:db8::7, 2001:db8:1::1"}},
		{"IPv6 in brackets", "/x", "2001:db8::7", []string{"[2001:db8::7]"}},
		{"IPv6 and a port", "/x", "2001:db8::7", []string{"[2001:db8::7]:4711, 10.0.0.1"}},
		{"IPv4 within IPv6", "/x", "192.0.2.7", []string{"192.0.2.7, ::ffff:10.0.0.1"}},
		{"a zone is of a link of somebody else", "/x", "10.0.0.1", []string{"fe80::1%eth0, 10.0.0.1"}},
		{"no address: the last host that is known", "/x", "10.0.0.1", []string{"192.0.2.7, localhost, 10.0.0.1"}},
		{"no address at all", "/x", nobody, []string{"unknown"}},
		{"a quote that the client has left open", "/x", "192.0.2.7", []string{`"198.51.100.1, 192.0.2.7`}},

		{"RFC 7239 §4", "/f", "192.0.2.7", []string{`for=192.0.2.7`}},
		{"all parameters", "/f", "192.0.2.7", []string{`By=10.0.0.1;FOR=192.0.2.7;proto=https;host="a.example"`}},
		{"IPv6 and a port, quoted", "/f", "2001:db8::7", []string{`for="[2001:db8::7]:4711"`}},
		{"the last one that is not trusted", "/f", "192.0.2.7", []string{`for=198.51.100.1, for=192.0.2.7;proto=http , for="10.0.0.1:80"`}},
		{"over several lines", "/f", "192.0.2.7", []string{`for=192.0.2.7`, `for=10.0.0.1`}},
		{"RFC 7239 §6.2: unknown", "/f", "10.0.0.1", []string{`for=192.0.2.7, for=unknown, for=10.0.0.1`}},
		{"RFC 7239 §6.3: hidden", "/f", nobody, []string{`for=_hidden`}},
		{"nothing is said", "/f", "10.0.0.1", []string{`for=192.0.2.7, proto=https, for=10.0.0.1`}},
		{"a host that looks like more", "/f", "192.0.2.7", []string{`for=192.0.2.7;host="a;for=198.51.100.1"`}},
		{"a host with a quote", "/f", "192.0.2.7", []string{`for=192.0.2.7;host="a\";for=198.51.100.1;x=\""`}},
		{"a host with a comma", "/f", "192.0.2.7", []string{`for=192.0.2.7;host="a, for=198.51.100.1"`}},
		{"a quote that the client has left open", "/f", "192.0.2.7", []string{`for="198.51.100.1, for=192.0.2.7`}},
		{"and one that swallows the trusted", "/f", "10.0.0.1", []string{`for="198.51.100.1, for=10.0.0.1`}},
		{"an open quote alone", "/f", nobody, []string{`for="192.0.2.77`}},
		{"and nothing else", "/f", nobody, []string{`for="`}},
		{"said twice", "/f", "10.0.0.1", []string{`for=192.0.2.7;for=192.0.2.8, for=10.0.0.1`}},
	} {
		request, name := ask("GET", test.path, "X-Forwarded-For: 203.0.113.9"), "Forwarded"
		if test.path != "/f" {
			request, name = ask("GET", test.path, "Forwarded: for=203.0.113.9"), "X-Forwarded-For"
		}
		for _, value := range test.values {
			request.With(name, value)
		}
		if response := call(t, server, request); string(response.Body) != test.want {
			t.Errorf("%s: %s: %q: want %s, got %s", test.why, name, test.values, test.want, response.Body)
		}
	}
}

func TestForwardedForOverTheWire(t *testing.T) {
	for network, want := range map[string]string{"127.0.0.0/8": "192.0.2.7", "10.0.0.0/8": "127.0.0.1"} {
		c := actorstest.Dial(t, "tcp", serve(t, "GET /", client, handlers.ForwardedFor("X-Forwarded-For", netip.MustParsePrefix(network))))
		c.Send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n")
		c.Want("the peer is of 127.0.0.0/8, and "+network+" is trusted", "200 OK", want)
	}
}

package actors

import (
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pires/go-proxyproto"
	"github.com/troupe-go/troupe/actors/internal/duplex"
)

// A connFrom is an in-memory connection from an address.
type connFrom struct {
	*duplex.Conn
	from net.Addr
}

func (c connFrom) RemoteAddr() net.Addr { return c.from }

const theProxy, theClient = "10.1.2.3:4000", "192.0.2.7:51234"

func tcpAddr(address string) *net.TCPAddr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(address))
}

// proxyHeader is a header of version 2, for that client unless the command says otherwise.
func proxyHeader(t *testing.T, command proxyproto.ProtocolVersionAndCommand, client string) string {
	t.Helper()
	header := proxyproto.HeaderProxyFromAddrs(2, tcpAddr(client), tcpAddr("[2001:db8::1]:80"))
	header.Command = command
	octets, err := header.Format()
	if err != nil {
		t.Fatal(err)
	}
	return string(octets)
}

// proxied makes the server trust 10.0.0.0/8 and tell each client its address.
func (k *kit) proxied() {
	k.log.level = slog.LevelDebug
	k.configure(func(c *Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	k.serve("/", answering(func(r *Request) *Response { return r.Text(200, r.peerName()) }))
}

// dialFrom connects as from that address.
func (k *kit) dialFrom(address string) *peer {
	k.start()
	p := &peer{k: k}
	client, server := duplex.New()
	p.connect(client, server)
	k.listener.accepts <- acceptance{conn: connFrom{server, tcpAddr(address)}}
	synctest.Wait()
	return p
}

// dialOn makes a client of another listener.
func (k *kit) dialOn(on *pipeListener) *peer {
	p := &peer{k: k}
	client, server := duplex.New()
	p.connect(client, server)
	on.accepts <- acceptance{conn: server}
	synctest.Wait()
	return p
}

func TestAProxySaysWhomItSpeaksFor(t *testing.T) {
	tests := []struct{ name, from, header, peer string }{
		{"version 1, TCP4", theProxy, "PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n", theClient},
		{"version 1, TCP6", theProxy, "PROXY TCP6 2001:db8::7 2001:db8::1 51234 80\r\n", "[2001:db8::7]:51234"},
		{"version 1, it does not know", theProxy, "PROXY UNKNOWN\r\n", theProxy},
		{"version 2, it does not know", theProxy, "\r\n\r\n\x00\r\nQUIT\n\x21\x00\x00\x00", theProxy},
		{"version 2, it does not know, and says more", theProxy, "\r\n\r\n\x00\r\nQUIT\n\x21\x00\x01\x2c" + strings.Repeat("x", 300), theProxy},
		{"version 2", theProxy, proxyHeader(t, proxyproto.PROXY, "[2001:db8::7]:51234"), "[2001:db8::7]:51234"},
		{"version 2, a health check", theProxy, proxyHeader(t, proxyproto.LOCAL, theClient), theProxy},
		{"a proxy on a socket for both families", "[::ffff:10.1.2.3]:4000", "PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n", theClient},
		{"not one of the proxies", theClient, "", theClient},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.proxied()
				together := k.dialFrom(test.from)
				together.send(test.header + get + get)
				together.want("the header comes with the request", "HTTP/1.1 200", "\r\n\r\n"+test.peer)
				together.want("and counts for the connection", "HTTP/1.1 200", "\r\n\r\n"+test.peer)
				apart := k.dialFrom(test.from)
				apart.send(test.header)
				k.wait(4 * time.Second)
				apart.send(get)
				apart.want("the header comes before the request", "HTTP/1.1 200", "\r\n\r\n"+test.peer)
				k.wait(5 * time.Second)
				apart.wantClosed("the idle timeout is that of any connection")
			})
		})
	}
}

func TestAProxyThatIsSlow(t *testing.T) {
	bubble(t, func(k *kit) {
		k.proxied()
		silent, slow := k.dialFrom(theProxy), k.dialFrom(theProxy)
		for _, octet := range []byte(proxyHeader(t, proxyproto.PROXY, theClient)) {
			slow.send(string([]byte{octet}))
		}
		slow.send("\xff")
		slow.want("the rejection", "HTTP/1.1 400")
		if k.log.count("request rejected", "peer="+theClient) != 1 {
			t.Errorf("the log names the client, not the proxy: got %q", k.log.written())
		}
		k.wait(10*time.Second - 1)
		silent.wantIdle("the header may take the head timeout")
		k.wait(1)
		silent.wantClosed("the head timeout is over")
	})
}

func TestAProxyWithoutAHeaderIsRefused(t *testing.T) {
	for name, octets := range map[string]string{
		"a request":             get,
		"the end":               "",
		"an unknown version":    "PROXY TCP5 192.0.2.7 198.51.100.1 51234 80\r\n" + get,
		"a line without an end": "PROXY TCP4 192.0.2.7 198.51.100.1 51234 80 " + get + get + get,
		"version 3":             "\r\n\r\n\x00\r\nQUIT\n\x31\x11\x00\x0c............" + get,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.proxied()
				proxy := k.dialFrom(theProxy)
				if octets != "" {
					proxy.send(octets)
				}
				proxy.end()
				proxy.wantClosed("nobody knows who asks, so nobody is answered")
				lines := 1
				if octets == "" { // a health check that only connects
					lines = 0
				}
				if got := k.log.count("WARN PROXY protocol header failed actor=listener/connection$1", "error=", "peer="+theProxy); got != lines {
					t.Errorf("want %d lines that say why, got %q", lines, k.log.written())
				}
			})
		})
	}
}

func TestOthersCannotSayWhoTheyAre(t *testing.T) {
	for _, header := range []string{"PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n", proxyHeader(t, proxyproto.PROXY, theClient)} {
		bubble(t, func(k *kit) {
			k.proxied()
			stranger := k.dialFrom("203.0.113.9:1")
			stranger.send(header + get)
			stranger.want("a header is no request", "HTTP/1.1 400")
			stranger.wantClosed("what follows is never read (RFC 9112 §2.2)")
			if k.log.count("peer=203.0.113.9:1") == 0 || k.log.count("peer="+theClient) > 0 {
				t.Errorf("it is known by its own address: got %q", k.log.written())
			}
		})
	}
}

func TestAProxyBeforeTLS(t *testing.T) {
	bubble(t, func(k *kit) {
		k.proxied()
		k.startTLS()
		client, server := duplex.New()
		k.listener.accepts <- acceptance{conn: connFrom{server, tcpAddr(theProxy)}}
		client.Write([]byte(proxyHeader(t, proxyproto.PROXY, "[2001:db8::7]:51234")))
		peer := newTLSPeer(t, client, nil)
		if got := peer.get("the header is outside of TLS", get); got != "[2001:db8::7]:51234" {
			t.Errorf("want the client, got %q", got)
		}
		client.Close()
	})
}

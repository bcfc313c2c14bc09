package actors

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/actors/internal/duplex"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// wantUnwelcome wants the request of the client to be refused, and its connection closed.
func (p *peer) wantUnwelcome(why string) {
	p.k.t.Helper()
	p.send(get)
	p.want(why, "HTTP/1.1 429 Too Many Requests\r\n", "\r\nRetry-After: 1\r\n", "\r\nConnection: close\r\n")
	p.wantClosed(why)
}

// wantWelcome wants the request of the client to be served.
func (p *peer) wantWelcome(why string) {
	p.k.t.Helper()
	p.send(get)
	p.want(why, "HTTP/1.1 200")
}

func limitedPeers(c *Config) { c.MaxConnectionsPerPeer, c.IdleTimeout = 2, -1 }

func TestAnAddressHasItsShareOfConnections(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(limitedPeers)
		k.serve("/", saying("hello"))
		first, second := k.dialFrom("192.0.2.1:1000"), k.dialFrom("192.0.2.1:1001")
		second.wantWelcome("two are its share")
		for n := range 3 {
			more := k.dialFrom(fmt.Sprintf("192.0.2.1:200%d", n))
			more.wantUnwelcome("a further one is not, however often (RFC 6585 §4)")
			more.end()
		}
		k.dialFrom("192.0.2.2:1000").wantWelcome("another address has a share of its own")
		first.wantWelcome("those within the share do not hear of it")
		first.end()
		third := k.dialFrom("192.0.2.1:1002")
		third.wantWelcome("one ended, so there is room")
		k.dialFrom("192.0.2.1:1003").wantUnwelcome("for one")
		third.wantWelcome("a connection stays as welcome as it was")
	})
}

func TestAnIPv6NetworkSharesOneShare(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(limitedPeers)
		k.serve("/", saying("hello"))
		k.dialFrom("[2001:db8::1]:1000").wantWelcome("the first of the network")
		k.dialFrom("[2001:db8::2]:1000").wantWelcome("the second of the network")
		k.dialFrom("[2001:db8::ffff:0:0:3]:1000").wantUnwelcome("a host can choose its last 64 bits (RFC 4291 §2.5.4)")
		k.dialFrom("[2001:db8:0:1::1]:1000").wantWelcome("another network")
	})
}

func TestAUnixSocketHasNoShare(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(limitedPeers)
		k.serve("/", saying("hello"))
		k.start()
		for range 5 {
			p, from := &peer{k: k}, &net.UnixAddr{Name: "@", Net: "unix"}
			client, server := duplex.New()
			p.connect(client, server)
			k.listener.accepts <- acceptance{conn: connFrom{server, from}}
			p.wantWelcome("nobody knows whom it speaks for")
		}
	})
}

func TestNobodyHasAShareWithoutALimit(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		for n := range 50 {
			k.dialFrom(fmt.Sprintf("192.0.2.1:%d", 1000+n)).wantWelcome("no limit was set")
		}
	})
}

// A client over its limit gets its answer only if it asks soon: it must not hold a connection.
func TestASilentUnwelcomeClientIsClosed(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(limitedPeers)
		k.serve("/", saying("hello"))
		welcome := k.dialFrom("192.0.2.1:1000")
		k.dialFrom("192.0.2.1:1001")
		silent := k.dialFrom("192.0.2.1:1002")
		k.wait(lingerTimeout - 1)
		silent.wantIdle("its request may be on its way")
		k.wait(1)
		silent.wantClosed("it did not come")
		welcome.wantIdle("those within the share may idle")
	})
}

// Ended connections leave nothing behind, however they ended.
func TestPeersAreForgotten(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(limitedPeers)
		k.serve("/", saying("hello"))
		ended, crashed := k.dialFrom("192.0.2.1:1000"), k.dialFrom("[2001:db8::1]:1000")
		ended.wantWelcome("within the share")
		for range connectionRestarts + 1 {
			k.tell("listener/connection$2", (*giveWay)(nil))
		}
		crashed.wantClosed("it was given up")
		ended.end()
		if n := k.server.env.peers.known(); n != 0 {
			t.Errorf("want no address left, got %d", n)
		}
	})
}

// known is how many addresses have connections.
func (p *peers) known() (n int) {
	for i := range p.shards {
		p.shards[i].mu.Lock()
		n += len(p.shards[i].peers)
		p.shards[i].mu.Unlock()
	}
	return n
}

// A proxy names its client: the client has the share, not the proxy.
func TestBehindAProxyEachClientHasItsShare(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) {
			limitedPeers(c)
			c.Proxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
		})
		k.serve("/", saying("hello"))
		dial := func(client string) *peer {
			p := k.dialFrom("192.0.2.1:1000")
			p.send("PROXY TCP4 " + client + " 198.51.100.1 4000 80\r\n")
			return p
		}
		dial("203.0.113.1").wantWelcome("the first of this client")
		dial("203.0.113.1").wantWelcome("the second of this client")
		dial("203.0.113.1").wantUnwelcome("the third of this client")
		dial("203.0.113.2").wantWelcome("another client behind the same proxy")
	})
}

func TestPeerNetworks(t *testing.T) {
	for _, test := range []struct{ why, address, want string }{
		{"an IPv4 address counts for itself", "192.0.2.1:1000", "192.0.2.1/32"},
		{"whatever its port", "192.0.2.1:1", "192.0.2.1/32"},
		{"in whichever notation", "[::ffff:192.0.2.1]:1000", "192.0.2.1/32"},
		{"an IPv6 address counts for its network", "[2001:db8:1:2:3:4:5:6]:1000", "2001:db8:1:2::/64"},
		{"a link-local address counts for itself", "[fe80::3:4:5:6%eth0]:1000", "fe80::3:4:5:6/128"},
		{"on whichever link", "[fe80::1%eth0]:1000", "fe80::1/128"},
		{"a Unix socket has no address", transport.UnixPeer, ""},
		{"nor has what is not understood", "pipe", ""},
		{"nor has a name", "example.com:80", ""},
	} {
		got := strings.TrimSuffix(peerNetwork(test.address).String(), "invalid Prefix")
		if got != test.want {
			t.Errorf("%s: want %q for %q, got %q", test.why, test.want, test.address, got)
		}
	}
}

func TestPeersCountEachAddress(t *testing.T) {
	p, entered := newPeers(2, nil), make(map[string]*account)
	for _, step := range []struct {
		why, address string
		leaves, want bool
	}{
		{"the first", "192.0.2.1:1", false, true},
		{"the second", "192.0.2.1:2", false, true},
		{"one too many", "192.0.2.1:3", false, false},
		{"another address", "192.0.2.2:1", false, true},
		{"one that leaves", "192.0.2.1:1", true, true},
		{"makes room", "192.0.2.1:4", false, true},
		{"for one", "192.0.2.1:5", false, false},
		{"no address, no limit", "unix", false, true},
		{"and nothing to forget", "unix", true, true},
	} {
		got := true
		if step.leaves {
			p.leave(entered[step.address], true)
		} else {
			entered[step.address], got = p.enter(step.address)
			if !got {
				p.leave(entered[step.address], false)
			}
		}
		if got != step.want {
			t.Errorf("%s: want %v for %s, got %v", step.why, step.want, step.address, got)
		}
	}
	if n := p.known(); n != 2 {
		t.Errorf("want 2 addresses known, got %d", n)
	}
}

package transport

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// A flight is some records of a client, what they hold, and how that ends, if it does.
type flight struct {
	name    string
	records func(c *tlsClient) []byte
	content string
	end     string // in the error that follows
}

var flights = []flight{
	{"content", func(c *tlsClient) []byte {
		return append(c.seal(dataRecord, []byte("hello ")), c.seal(dataRecord, []byte("world"))...)
	}, "hello world", ""},
	{"new keys before content, and within it", func(c *tlsClient) []byte {
		records := append(c.newKeys(), c.seal(dataRecord, []byte("hello "))...)
		return append(append(records, c.newKeys()...), c.seal(dataRecord, []byte("world"))...)
	}, "hello world", ""},
	{"new keys, in pieces", func(c *tlsClient) []byte { // a message over several records (RFC 8446 §5.1)
		records := append(c.seal(handshakeRecord, askForKeys[:1]), c.seal(handshakeRecord, askForKeys[1:4])...)
		records = append(records, c.seal(handshakeRecord, askForKeys[4:])...)
		c.rekey(c.expand(c.secret, "traffic upd", 32))
		return append(records, c.seal(dataRecord, []byte("hello"))...)
	}, "hello", ""},
	{"nothing, then content", func(c *tlsClient) []byte {
		return append(c.seal(dataRecord, nil), c.seal(dataRecord, []byte("hello"))...)
	}, "hello", ""},
	{"content, and the end", func(c *tlsClient) []byte {
		return append(c.seal(dataRecord, []byte("hello")), c.seal(alertRecord, []byte{1, 0})...)
	}, "hello", io.EOF.Error()},
	{"a further handshake", func(c *tlsClient) []byte { // refused (RFC 8446 §4.1.2)
		return append(c.seal(dataRecord, []byte("hello")), c.seal(handshakeRecord, []byte{1, 0, 0, 1, 0})...)
	}, "hello", "tls: "},
	{"what nobody has sealed", func(c *tlsClient) []byte {
		return append(c.seal(dataRecord, []byte("hello")), "\x17\x03\x03\x00\x14abcdefghijklmnopqrst"...)
	}, "hello", "tls: bad record MAC"},
}

// A record that has not arrived as a whole is nothing to wait for in an actor, and nothing that is lost.
func TestRecordsMayBeCutAnywhere(t *testing.T) {
	for _, f := range flights {
		t.Run(f.name, func(t *testing.T) {
			from := gatedTCP(t, nil, serverTLS(), polling(t))
			for cut := range f.cuts(t, from) {
				s, c := dialTLSClient(t, from)
				f.inTwo(t, s, c, cut+1)
				s.Close()
				c.below.Close()
			}
			f.octetByOctet(t, from)
			f.octetByOctet(t, gatedTCP(t, nil, serverTLS(), unpolled(t)))
		})
	}
}

// cuts is in how many places the flight can be cut, with a notice of both parts: a goroutine that waits for all of
// a record gives one.
func (f flight) cuts(t *testing.T, from Acceptor) int {
	s, c := dialTLSClient(t, from)
	defer c.below.Close()
	defer s.Close()
	if _, waits := s.Socket.(*Stream); waits {
		return 0
	}
	return len(f.records(c)) - 1
}

// inTwo sends the flight in two parts, the second when the socket has taken the first.
func (f flight) inTwo(t *testing.T, s *socketTest, c *tlsClient, cut int) {
	t.Helper()
	octets := f.records(c)
	s.Demand()
	c.send(octets[:cut])
	got, err := s.takeNext()
	if err != nil {
		t.Fatalf("cut at %d: %v", cut, err)
	}
	s.Release()
	c.send(octets[cut:])
	f.wantRest(t, s, c, got)
}

func (f flight) octetByOctet(t *testing.T, from Acceptor) {
	t.Helper()
	s, c := dialTLSClient(t, from)
	octets := f.records(c)
	go func() {
		for i := range octets {
			c.below.Write(octets[i : i+1]) // the last ones may come after the end
		}
	}()
	f.wantRest(t, s, c, "")
}

// wantRest takes the missing octets, and makes both sides go on if they can.
func (f flight) wantRest(t *testing.T, s *socketTest, c *tlsClient, got string) {
	t.Helper()
	for len(got) < len(f.content) {
		s.Demand()
		octets, err := s.takeNext()
		if err != nil {
			t.Fatalf("%v after %q", err, got)
		}
		got += octets
		s.Release()
	}
	if got != f.content {
		t.Fatalf("want %q, got %q", f.content, got)
	}
	if f.end == "" {
		if err := s.Write([]byte("answer"), time.Minute, 0); err != nil {
			t.Fatal(err)
		}
		c.wantRead("the socket goes on, with the keys that were asked for", "answer")
		return
	}
	for range 2 {
		s.Demand()
		octets, err := s.takeNext()
		for octets == "" && err == nil {
			s.Demand()
			octets, err = s.takeNext()
		}
		if octets != "" || err == nil || !strings.Contains(err.Error(), f.end) {
			t.Fatalf("want the end %q, each time, got %q, %v", f.end, octets, err)
		}
	}
}

// together is a client's connection that sends what it is given in as few segments as it can: when it has
// to read, and at the end.
type together struct {
	net.Conn
	held []byte
}

func (c *together) Write(octets []byte) (int, error) {
	c.held = append(c.held, octets...)
	return len(octets), nil
}

func (c *together) Read(octets []byte) (int, error) {
	c.flush()
	return c.Conn.Read(octets)
}

func (c *together) flush() {
	c.Conn.Write(c.held) // the test sees what does not arrive
	c.held = nil
}

// A request may come in the segment that ends the handshake, as all of it may come with the header of a proxy.
func TestWhatComesWithTheHandshakeIsTaken(t *testing.T) {
	request := strings.Repeat("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1000) // more than is taken at a time
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for name, poller := range map[string]pollerFor{"polled": polling, "by a goroutine": unpolled} {
			t.Run(tls.VersionName(version)+", "+name, func(t *testing.T) {
				from := gatedTCP(t, loopback, serverTLS(), poller(t))
				socket, client := dialFirst(t, from)
				defer client.Close()
				s := &socketTest{socket, client, make(chan struct{}, 100)}
				s.Open(func() { s.notices <- struct{}{} }, func() {})
				defer s.Close()
				below := &together{Conn: client}
				io.WriteString(below, "PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n")
				secure := tls.Client(below, &tls.Config{InsecureSkipVerify: true, MaxVersion: version, SessionTicketsDisabled: true})
				go func() {
					if err := secure.Handshake(); err != nil {
						t.Error(err)
					}
					io.WriteString(secure, request)
					below.flush()
				}()
				s.wantAll(t, "what came with the handshake", request)
				if want := "192.0.2.7:51234"; s.Peer() != want {
					t.Errorf("want the client %s, got %s", want, s.Peer())
				}
			})
		}
	}
}

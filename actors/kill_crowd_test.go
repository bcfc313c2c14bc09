package actors

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/troupe-go/troupe/actors/internal/duplex"
)

// The crowd of the kill tests: clients that ask for everything there is, that are slow, and that go.

// A crowd plays the scene.
type crowd struct {
	dial    func(from string) (net.Conn, error) // from an address, or "" for none that counts
	limit   time.Duration
	may     bool
	hung    string
	clients []*sceneClient
	playing sync.WaitGroup
}

// add has a client play its part, which begins after so long.
func (c *crowd) add(after time.Duration, play func(*sceneClient)) {
	c.addFrom("", after, play)
}

func (c *crowd) addFrom(address string, after time.Duration, play func(*sceneClient)) {
	client := &sceneClient{
		dial: func() (net.Conn, error) { return c.dial(address) }, name: fmt.Sprint("client", len(c.clients)),
		limit: c.limit, may: c.may, hung: c.hung, counts: make(map[int]int),
	}
	c.clients = append(c.clients, client)
	c.playing.Go(func() {
		time.Sleep(after)
		play(client)
	})
}

// part is what a client does that makes calls, one after the other.
func part(names string) func(*sceneClient) {
	return func(c *sceneClient) {
		for _, name := range strings.Fields(names) {
			c.do(visits[name])
		}
	}
}

// addAll adds clients with a part for every route.
func (c *crowd) addAll() {
	for _, names := range []string{
		"quick twice quick echo none quick func poison func",
		"pull quick stream quick broken quick nonsense aside text quick",
		"upload", "old oldlarge large old invited drawn declined duplex",
		"slow slow quick", "slow asked slow quick",
		"leave leave leave quick", "leave leave leave", "leave kept leave",
		"pool once key quick seat func", "once pool kept key other kept key", "kept pool seat once other seat key",
		"asked asked asked asked parcel parcel future parcel future",
		"full full quick", "full full quick", "full full quick",
		"vital vital quick", "vital vital quick", "vital vital quick",
		"kept quick kept member member stash",
		"kept never member quit quit quick stash future",
		strings.Repeat("crash ", freeRestarts+3),
	} {
		c.add(0, part(names))
	}
	c.addPeers()
	c.addUploads()
	c.addSlow()
	c.addGoing()
}

// addPeers adds clients of one address that has too many connections.
func (c *crowd) addPeers() {
	again := visits["kept"]
	if c.hung == again.path { // it comes by another connection, after the one from port 2000
		again = again.goodFor("200 429")
	}
	for range scenePeers {
		c.addFrom("192.0.2.7:1000", 0, func(client *sceneClient) {
			client.do(visits["kept"])
			client.do(again)
		})
	}
	c.addFrom("192.0.2.7:2000", slowTime, func(client *sceneClient) { client.do(visits["kept"].goodFor("200 429")) })
}

// scenePeers are how many connections an address may have.
const scenePeers = 2

const (
	sceneContent = 100 << 10 // octets that the server holds
	hangTime     = 200 * time.Millisecond
	bodyTime     = 200 * time.Millisecond
	headTime     = 50 * time.Millisecond
)

// addUploads adds a slow upload, and a fast one that it gives way to.
func (c *crowd) addUploads() {
	c.add(20*time.Millisecond, func(client *sceneClient) {
		client.trickle("/echo", 90<<10, 70<<10, "408 200")
	})
	late := visits["upload"].goodFor("200 503")
	late.takes += giveWayTime
	c.add(uploadAge+2*bodyTime, func(client *sceneClient) { client.do(late) })
}

// trickle sends a part of a content at once, and then a little from time to time, until it is answered.
func (c *sceneClient) trickle(path string, length, begins int, good string) {
	c.number++
	octets := fmt.Sprintf("POST %s/%s.%d HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n", path, c.name, c.number, length)
	c.last(path, good, 2*uploadAge+2*hangTime, func(conn net.Conn) {
		_, err := io.WriteString(conn, octets+strings.Repeat("x", begins))
		for err == nil {
			time.Sleep(bodyTime / 4)
			_, err = io.WriteString(conn, strings.Repeat("x", 64))
		}
	})
}

// last sends an incomplete request or a last one, and reads everything that comes. The server must end the connection
// in time.
func (c *sceneClient) last(path, good string, takes time.Duration, send func(net.Conn)) {
	conn, err := c.dial()
	if err != nil {
		c.complain("%s: %v", path, err)
		return
	}
	begun := time.Now()
	c.conn = conn
	conn.SetDeadline(begun.Add(takes + c.limit + patience))
	go send(conn)
	octets, err := io.ReadAll(conn)
	c.judgeLast(path, good, string(octets), err)
	if took := time.Since(begun); took > takes+c.limit {
		c.complain("%s: its connection ended after %v, want at most %v", path, took, takes)
	}
	time.Sleep(lingerTimeout + c.limit) // it does not close its side
	c.hangUp()
}

// judgeLast says what is wrong with the last answer of a connection.
func (c *sceneClient) judgeLast(path, good, octets string, err error) {
	octets = strings.TrimPrefix(octets, "HTTP/1.1 100 Continue\r\n\r\n")
	status := 0
	if _, scanned := fmt.Sscanf(octets, "HTTP/1.1 %d ", &status); scanned != nil {
		status = 0
	}
	c.mu.Lock()
	c.counts[status]++
	c.mu.Unlock()
	switch {
	case status == 0 && (good == "" || c.may || strings.Contains(good, "close")):
	case status == 0:
		c.complain("%s: no answer: %.100q, %v", path, octets, err)
	case !strings.Contains(good, fmt.Sprint(status)) && !c.mayFail(path, status):
		c.complain("%s: %.100q, want %s", path, octets, good)
	}
}

// addSlow adds clients that do not go on: each runs into another deadline of its connection.
func (c *crowd) addSlow() {
	for _, slow := range []struct {
		path, octets, good string
		takes              time.Duration
	}{
		{"", "GET /qui", "408", headTime},
		{"", "", "", 2 * headTime},
		{"/echo", "POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon", "408", bodyTime},
		{"/echo", "POST /echo/b HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n", "408", bodyTime},
		{"/pull", "POST /pull/c HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon", "408", bodyTime},
		{"/duplex", "POST /duplex/d HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon", "200", bodyTime},
		{"", "POST /none/e HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon", "404", bodyTime},
		{"/quick", "GET /quick/f HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "200", 0},
		{"/mute", "GET /mute/g HTTP/1.1\r\nHost: a\r\n\r\n", "504", hangTime},
	} {
		c.add(0, func(client *sceneClient) {
			client.last(slow.path, slow.good, slow.takes+hangTime, func(conn net.Conn) { io.WriteString(conn, slow.octets) })
		})
	}
}

// goings are what clients send that go in the middle.
var goings = []string{
	"", "GET /qui",
	"POST /echo/x HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon",
	"POST /echo/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n",
	"POST /pull/x HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon",
	"POST /duplex/x HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon",
	"POST /none/x HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncon",
	"GET /kept/x HTTP/1.1\r\nHost: a\r\n\r\n", "GET /mute/x HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /stash/x HTTP/1.1\r\nHost: a\r\n\r\n", "GET /future/x HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /stream/x HTTP/1.1\r\nHost: a\r\n\r\n", "GET /large/x HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /endless/x HTTP/1.1\r\nHost: a\r\n\r\n",
	"GET /quick/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
}

// addGoing adds clients that leave in the middle, whatever their connection is doing.
func (c *crowd) addGoing() {
	for i, octets := range goings {
		for reads := range 2 {
			c.add(time.Duration(i%3)*time.Millisecond, func(client *sceneClient) { client.goAfter(octets, reads > 0) })
		}
	}
}

// goAfter sends something and goes soon after. What it does not read, the server may have to wait for.
func (c *sceneClient) goAfter(octets string, reads bool) {
	conn, err := c.dial()
	if err != nil {
		c.complain("to go: %v", err)
		return
	}
	defer conn.Close()
	go io.WriteString(conn, octets)
	if reads {
		go io.Copy(io.Discard, conn)
	}
	time.Sleep(partTime)
	below := conn
	if secure, ok := conn.(*tls.Conn); ok {
		below = secure.NetConn()
	}
	if tcp, ok := below.(*net.TCPConn); ok && reads {
		tcp.SetLinger(0) // a reset
	}
}

// connect makes one more connection to the server, as from that address.
func (k *kit) connect(from string) (net.Conn, error) {
	client, server := duplex.New()
	if from == "" {
		k.listener.accepts <- acceptance{conn: server}
	} else {
		k.listener.accepts <- acceptance{conn: connFrom{server, tcpAddr(from)}}
	}
	return client, nil
}

package actors

import (
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Listeners may accept bursts at the same time: all together they stay within the limit.
func TestPlacesForConnectionsAreClaimed(t *testing.T) {
	c := newConnections(10)
	c.surplus = 5
	if first, second := c.claim(12), c.claim(12); first != 12 || second != 3 {
		t.Errorf("want 12 places for the first and the 3 that are left for the second, got %d and %d", first, second)
	}
	if c.claim(1) != 0 || c.hasRoom() {
		t.Error("want no place left")
	}
	c.listen(&actor.PID{Id: "listener"})
	for n := range 4 {
		c.enter(string(rune('a'+n)), &session{})
	}
	if told := c.unclaim(12); len(told) != 1 {
		t.Errorf("want the listener told that waits for room, got %v", told)
	}
	if room := c.claim(100); room != 15-4-3 {
		t.Errorf("want 8 places left, got %d", room)
	}
	if told := c.unclaim(8); told != nil {
		t.Errorf("nobody waits: want nobody told, got %v", told)
	}
	c.unclaim(3)
	if c.claimed != 0 {
		t.Errorf("want all given back, got %d", c.claimed)
	}
}

func TestClaimsAtTheSameTimeStayWithinTheLimit(t *testing.T) {
	c := newConnections(1000)
	c.surplus = 0
	var all sync.WaitGroup
	for listener := range 8 {
		all.Go(func() {
			for n := range 100 {
				places := c.claim(acceptBurst)
				for place := range places {
					c.enter(string([]rune{rune(listener), rune(n), rune(place)}), &session{})
					runtime.Gosched()
				}
				c.unclaim(places)
			}
		})
	}
	all.Wait()
	if n := c.entered(); n != 1000 || c.claimed != 0 {
		t.Errorf("want the limit of 1000 reached and kept, got %d, and %d claimed", n, c.claimed)
	}
}

// A burst is accepted in one go, within the limit; the rest waits in the kernel's backlogs.
func TestABurstOfConnectionsStaysWithinTheLimit(t *testing.T) {
	for name, listeners := range map[string]int{"one listener": 1, "two listeners": 2} {
		t.Run(name, func(t *testing.T) {
			const limit, clients = 10, 60
			goOn, begun := make(chan struct{}), make(chan struct{}, clients)
			server := NewServer(Config{Logger: noLog, MaxConnections: limit, MaxConnectionsPerPeer: -1, HandlerTimeout: -1, MaxQueueWait: -1})
			server.env.connections.surplus = 0
			handle(server, "/", actorOf(func(ctx actor.Context) {
				if r, ok := ctx.Message().(*Request); ok {
					begun <- struct{}{}
					go func() { <-goOn; ctx.Respond(r.Text(200, "").Close()) }()
				}
			}))
			var conns []net.Conn
			for range listeners {
				on, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				for range clients / listeners { // that are in the backlog when the server begins to accept
					conn := dialTCP(t, on.Addr().String())
					io.WriteString(conn, get)
					conns = append(conns, conn)
				}
				serveUntilTheEnd(t, func() error { return server.Serve(on) }, server)
			}
			for range limit {
				<-begun
			}
			time.Sleep(20 * time.Millisecond) // for those that should not come
			// A connection that each listener has demanded may come while the other accepts the last.
			if n := server.env.connections.entered(); n > limit+listeners-1 {
				t.Errorf("want %d connections at most, got %d", limit+listeners-1, n)
			}
			close(goOn)
			var served atomic.Int32
			var all sync.WaitGroup
			for _, conn := range conns {
				all.Go(func() {
					conn.SetReadDeadline(time.Now().Add(patience))
					begin := make([]byte, len("HTTP/1.1 200"))
					if _, err := io.ReadFull(conn, begin); err != nil {
						t.Error("each has its turn:", err)
					}
					if strings.HasSuffix(string(begin), "200") {
						served.Add(1)
					}
					conn.Close() // so that the next has its turn
				})
			}
			all.Wait()
			if refused := clients - int(served.Load()); refused > 0 && listeners == 1 { // else some came over the limit
				t.Errorf("want those served that have waited in the backlog, got %d refused", refused)
			}
		})
	}
}

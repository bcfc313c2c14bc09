package actors

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The promise of TestKillEverywhere over real TCP, on the real clock, by polled sockets and others, and by TLS: many
// faults, one after the other and beside each other, by a schedule that a seed decides (TROUPE_KILL_SEED; it is logged).
func TestKillAtRandomOverTCP(t *testing.T) {
	t.Parallel()
	lasting := 10 * time.Second
	if testing.Short() {
		lasting = time.Second
	}
	seed := killSeed(t)
	for way, serve := range waysToServe(t) {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			killOverTCP(t, way, serve, seed, lasting)
		})
	}
}

func killOverTCP(t *testing.T, way string, serve func(*Server, net.Listener) error, seed uint64, lasting time.Duration) {
	log := &lines{level: slog.LevelInfo}
	server := NewServer(Config{Logger: slog.New(log), MaxContent: 1 << 20})
	s := sabotage(server.env)
	sceneRoutes(server, s)
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- serve(server, on) }()
	dial := func() (net.Conn, error) {
		conn, err := net.Dial("tcp", on.Addr().String())
		if way == "TLS" && err == nil {
			conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
		}
		return conn, err
	}
	random := rand.New(rand.NewPCG(seed, 0))
	oneIn := 10 + random.IntN(90)
	s.plan(func(at deed) fault { return anyFault(random, oneIn, at) })
	until := time.Now().Add(lasting)
	clients := playOverTCP(dial, seed, func() bool { return time.Now().Before(until) || s.struck() == 0 })
	s.plan(func(deed) fault { return "" })
	s.report(t, clients)
	wantAllWell(t, dial)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		t.Errorf("it does not end: %v", err)
	}
	<-served
	if left := server.env.leftoversSoon(); len(left) > 0 {
		t.Errorf("these are left: %q", left)
	}
	if t.Failed() {
		for _, line := range log.written() {
			if strings.Contains(line, "actor=listener ") || strings.Contains(line, "actor=server ") || strings.Contains(line, "actor=router ") {
				t.Log(line[:min(len(line), 300)])
			}
		}
	}
}

// patience is far longer than anything takes that goes well, and far shorter than the deadlines.
const patience = 8 * time.Second

// anyFault chooses a fault for one message in so many.
func anyFault(random *rand.Rand, oneIn int, at deed) fault {
	if random.IntN(oneIn) != 0 || at.actor == "server" && at.message == "Started" {
		return ""
	}
	at.fault = []fault{panicBefore, panicAfter, exitBefore, exitAfter, stopIt}[random.IntN(5)]
	if !at.isFault() {
		return ""
	}
	return at.fault
}

// playOverTCP makes clients call in all ways until the test ends.
func playOverTCP(dial func() (net.Conn, error), seed uint64, more func() bool) (clients []*sceneClient) {
	names := []string{"quick", "quick"}
	for name := range visits {
		names = append(names, name)
	}
	slices.Sort(names)
	var playing sync.WaitGroup
	for i := range 16 {
		random := rand.New(rand.NewPCG(seed, uint64(i+1)))
		c := &sceneClient{dial: dial, name: fmt.Sprint("client", i), limit: patience, may: true, counts: make(map[int]int)}
		clients = append(clients, c)
		playing.Go(func() {
			defer c.hangUp()
			for more() {
				c.do(visits[names[random.IntN(len(names))]])
				switch random.IntN(20) {
				case 0:
					c.hangUp()
				case 1:
					c.goAfter(goings[random.IntN(len(goings))], random.IntN(2) > 0)
				}
			}
		})
	}
	playing.Wait()
	return clients
}

// plan changes what the saboteur does.
func (s *saboteur) plan(choose func(deed) fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.choose = choose
}

// report says what was done and with what result. The number of connections closed without an answer is limited by
// the faults: a stop of the listener closes all its connections, and those that come while it is replaced.
func (s *saboteur) report(t *testing.T, clients []*sceneClient) {
	s.mu.Lock()
	faults, kinds, mayClose := len(s.done), make(map[fault]int), 0
	for _, d := range s.done {
		kinds[d.fault]++
		switch {
		case d.fault == stopIt && d.actor == "listener":
			mayClose += 4 * len(clients) // they come again at once, maybe before the next listener is there
		case d.mayClose() || strings.HasPrefix(d.actor, "listener/"):
			mayClose++ // also one that was restarted too often
		}
	}
	s.mu.Unlock()
	statuses, closed := make(map[int]int), 0
	for _, c := range clients {
		for _, complaint := range c.wrong {
			t.Error(complaint)
		}
		for status, n := range c.counts {
			statuses[status] += n
		}
		closed += c.closed
	}
	t.Logf("%d faults (%v), answers by status (0 for none): %v, %d connections closed without one", faults, kinds, statuses, closed)
	if closed > mayClose {
		t.Errorf("%d connections were closed without an answer, the faults allow %d", closed, mayClose)
	}
}

// wantAllWell wants every route to answer as it does without faults, as soon as the pauses of handlers that have
// crashed are over.
func wantAllWell(t *testing.T, dial func() (net.Conn, error)) {
	t.Helper()
	until := time.Now().Add(longestPause + patience)
	for name, what := range visits {
		for {
			c := &sceneClient{dial: dial, name: "after", limit: patience, counts: make(map[int]int)}
			c.do(what)
			c.hangUp()
			if strings.Contains(what.good, "close") || len(c.wrong) == 0 && c.counted(what.good) {
				break
			}
			if time.Now().After(until) {
				t.Errorf("%s is not well again: %v %q", name, c.counts, c.wrong)
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// counted reports whether there was an answer with one of these statuses.
func (c *sceneClient) counted(statuses string) bool {
	for status := range c.counts {
		if strings.Contains(statuses, fmt.Sprint(status)) {
			return true
		}
	}
	return false
}

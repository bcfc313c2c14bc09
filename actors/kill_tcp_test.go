package actors

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The promise of TestKillEverywhere over real TCP, on the real clock: many faults, one after the other
// and beside each other, by a schedule that a seed decides (TROUPE_KILL_SEED; it is logged).
func TestKillAtRandomOverTCP(t *testing.T) {
	t.Parallel()
	lasting := 20 * time.Second
	if testing.Short() {
		lasting = 2 * time.Second
	}
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("TROUPE_KILL_SEED"); given != "" {
		seed, _ = strconv.ParseUint(given, 10, 64)
	}
	t.Logf("TROUPE_KILL_SEED=%d", seed)
	log := &lines{level: slog.LevelInfo}
	server := NewServer(Config{Logger: slog.New(log)})
	s := sabotage(server.env)
	sceneRoutes(server, s)
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	random := rand.New(rand.NewPCG(seed, 0))
	s.plan(func(at deed) fault { return anyFault(random, at) })
	clients := playOverTCP(on.Addr().String(), seed, time.Now().Add(lasting))
	s.plan(func(deed) fault { return "" })
	s.report(t, clients)
	wantAllWell(t, on.Addr().String())
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		t.Errorf("it does not end: %v", err)
	}
	<-served
	if t.Failed() {
		for _, line := range log.written() {
			if strings.Contains(line, "actor=listener ") || strings.Contains(line, "actor=server ") {
				t.Log(line[:min(len(line), 300)])
			}
		}
	}
	if left := server.env.living(); len(left) > 0 {
		t.Errorf("these actors are left: %q", left)
	}
}

// patience is far longer than anything takes that goes well, and far shorter than the deadlines.
const patience = 8 * time.Second

// anyFault chooses a fault for one message in some hundreds. A stop of the server is no fault.
func anyFault(random *rand.Rand, at deed) fault {
	if random.IntN(300) != 0 || at.actor == "server" && at.message == "Started" {
		return ""
	}
	what := []fault{panicBefore, panicAfter, stopIt}[random.IntN(3)]
	if what == stopIt && at.actor == "server" || what == panicBefore && at.message == "Terminated" {
		return ""
	}
	return what
}

// playOverTCP has clients make calls of all kinds until the time is over.
func playOverTCP(address string, seed uint64, until time.Time) (clients []*sceneClient) {
	calls := []call{
		{"GET", "/quick", "", 0, "200"}, {"GET", "/quick", "", 0, "200"}, {"GET", "/twice", "", 0, "200"},
		{"POST", "/echo", "content", partTime, "200"}, {"POST", "/pull", "content", partTime, "200"},
		{"POST", "/none", "content", 0, "404"}, {"GET", "/stream", "", 0, "200"}, {"GET", "/broken", "", 0, "close"},
		{"GET", "/slow", "", slowTime, "200"}, {"GET", "/full", "", slowTime, "200"}, {"GET", "/never", "", neverTime, "504"},
		{"GET", "/kept", "", keptTime, "200"}, {"GET", "/member", "", 0, "200"}, {"GET", "/asked", "", 0, "200"},
		{"GET", "/crash", "", 0, ""}, {"GET", "/quit", "", 0, ""},
	}
	var playing sync.WaitGroup
	for i := range 16 {
		random := rand.New(rand.NewPCG(seed, uint64(i+1)))
		c := &sceneClient{
			dial: func() (net.Conn, error) { return net.Dial("tcp", address) }, name: fmt.Sprintf("client%d", i),
			limit: patience, counts: make(map[int]int), may: func(bool) bool { return true },
		}
		clients = append(clients, c)
		playing.Go(func() {
			defer c.hangUp()
			for time.Now().Before(until) {
				c.do(calls[random.IntN(len(calls))])
				if random.IntN(20) == 0 {
					c.hangUp()
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

// report says what was done and what came of it. Closed without an answer may only be as many
// connections as faults allow: a stop of the listener takes all of them along.
func (s *saboteur) report(t *testing.T, clients []*sceneClient) {
	s.mu.Lock()
	faults, kinds, mayClose := len(s.done), make(map[fault]int), 0
	for _, d := range s.done {
		kinds[d.fault]++
		switch {
		case d.fault == stopIt && d.actor == "listener":
			mayClose += len(clients)
		case d.mayClose() || len(d.actor) > len("listener/") && d.actor[:len("listener/")] == "listener/":
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
	if faults == 0 {
		t.Error("there was no fault, so nothing was proved")
	}
	if closed > mayClose {
		t.Errorf("%d connections were closed without an answer, the faults allow %d", closed, mayClose)
	}
}

// wantAllWell wants every route that does not fail by itself to answer again, as soon as the pauses of
// handlers that have crashed are over.
func wantAllWell(t *testing.T, address string) {
	t.Helper()
	for _, what := range []call{
		{"GET", "/quick", "", 0, "200"}, {"POST", "/echo", "content", 0, "200"}, {"POST", "/pull", "content", 0, "200"},
		{"GET", "/stream", "", 0, "200"}, {"GET", "/slow", "", 0, "200"}, {"GET", "/kept", "", 0, "200"}, {"GET", "/member", "", 0, "200"}, {"GET", "/asked", "", 0, "200"},
	} {
		until := time.Now().Add(longestPause + patience)
		for {
			c := &sceneClient{dial: func() (net.Conn, error) { return net.Dial("tcp", address) }, name: "after",
				limit: patience, counts: make(map[int]int), may: func(bool) bool { return false }}
			c.do(what)
			c.hangUp()
			if c.counts[200] == 1 && len(c.wrong) == 0 {
				break
			}
			if time.Now().After(until) {
				t.Errorf("%s is not well again: %v %q", what.path, c.counts, c.wrong)
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

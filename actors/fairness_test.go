package actors

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A throng is some clients of one server, each of which asks again as soon as it has an answer.
type throng struct {
	peers   []*peer
	asked   []time.Time // when each did
	served  []int
	refused int
	longest time.Duration // that one waited to be served
}

// throng connects so many clients, from the addresses that from gives them.
func (k *kit) clients(number int, from func(n int) string) *throng {
	c := &throng{asked: make([]time.Time, number), served: make([]int, number)}
	for n := range number {
		c.peers = append(c.peers, k.dialFrom(from(n)))
	}
	return c
}

// turn has those ask that do not wait for an answer.
func (c *throng) turn(target string) {
	for n, p := range c.peers {
		answer := p.cut()
		if answer == "" && !c.asked[n].IsZero() {
			continue
		}
		switch {
		case strings.HasPrefix(answer, "HTTP/1.1 200"):
			c.served[n]++
			c.longest = max(c.longest, time.Since(c.asked[n]))
		case answer != "":
			c.refused++
		}
		c.asked[n] = time.Now()
		p.outgoing <- []byte(ask("GET", target))
	}
}

// waitsForLong is how long those have been waiting that still do.
func (c *throng) longestWait() (longest time.Duration) {
	for n, p := range c.peers {
		if p.cut() == "" {
			longest = max(longest, time.Since(c.asked[n]))
		}
	}
	return longest
}

// A client that asks too much makes only itself wait.
func TestManyConnectionsOfOneClientDoNotHoldUpOthers(t *testing.T) {
	const polite = 8
	for _, test := range []struct {
		ms, greedy int
		options    []any
	}{
		{ms: 2, greedy: 300, options: []any{MaxQueueWait(500 * time.Millisecond)}},
		{ms: 10, greedy: 200, options: []any{MaxQueueWait(time.Second)}},
		{ms: 200, greedy: 100},
		{ms: 10, greedy: 100, options: []any{MaxQueue(20)}},
	} {
		t.Run(fmt.Sprintf("%d connections at a handler that takes %d ms", test.greedy, test.ms), func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.IdleTimeout = -1 })
				var calls atomic.Int32
				k.serve("/{ms}", sleepy(&calls), test.options...)
				target, took := fmt.Sprintf("/%d", test.ms), time.Duration(test.ms)*time.Millisecond
				greedy := k.clients(test.greedy, func(n int) string { return fmt.Sprintf("192.0.2.1:%d", 1000+n) })
				others := k.clients(polite, func(n int) string { return fmt.Sprintf("192.0.2.%d:1000", 10+n) })
				const steps = 200
				for step := range steps {
					greedy.turn(target)
					if step >= steps/10 { // by then the greedy one has filled the line
						others.turn(target)
					}
					k.wait(took/2 + time.Millisecond)
				}
				longest := max(others.longest, others.longestWait())
				if most := shortWait + (polite+4)*took + 2*soon; longest > most {
					t.Errorf("want each polite client to wait for its turn, %v at most, one waited for %v", most, longest)
				}
				for n, served := range others.served {
					if served < 2 {
						t.Errorf("want polite client %d served again and again, got %d times", n, served)
					}
				}
				if others.refused > 0 || greedy.refused == 0 {
					t.Errorf("want the greedy one shed alone, got %d refused of its requests, and %d of others", greedy.refused, others.refused)
				}
			})
		})
	}
}

// Requests of one client are served in the order in which they came, at a slow handler as well.
func TestTheRequestsOfOneClientStayInOrder(t *testing.T) {
	bubble(t, func(k *kit) {
		var order []string
		k.serve("/{n}", answering(func(r *Request) *Response {
			time.Sleep(10 * time.Millisecond)
			order = append(order, r.Param("n"))
			return r.Text(200, r.Path())
		}))
		const each = 100
		for n := range each {
			for client := range 3 {
				p := k.dialFrom(fmt.Sprintf("192.0.2.%d:%d", client, 1000+n))
				p.send(ask("GET", fmt.Sprintf("/%d", client*each+n)))
				k.wait(time.Millisecond) // a handler that sleeps holds a worker: somebody has to notice
			}
		}
		k.wait(5 * time.Second)
		last := map[int]int{}
		for _, text := range order {
			var n int
			fmt.Sscan(text, &n)
			if before, known := last[n/each]; known && n < before {
				t.Fatalf("want those of each client in their order, got %d after %d in %v", n, before, order)
			}
			last[n/each] = n
		}
		if len(order) != 3*each {
			t.Errorf("want all served, got %d", len(order))
		}
	})
}

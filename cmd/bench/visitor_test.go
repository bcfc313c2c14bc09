package main

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"testing"
	"time"
)

const (
	okResponse   = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
	shedResponse = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
)

// answering listens on an address and answers every request with the same octets; with none it is
// silent.
func answering(t *testing.T, response string) (addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for reader := bufio.NewReader(conn); ; {
					if _, err := http.ReadRequest(reader); err != nil {
						return
					}
					_, _ = conn.Write([]byte(response)) // the client may have gone
				}
			}()
		}
	}()
	return listener.Addr().String()
}

func TestVisits(t *testing.T) {
	for _, c := range []struct {
		name, response string
		want           answer
	}{
		{"served", okResponse, answer{outcome: served, kept: true}},
		{"shed", shedResponse, answer{outcome: shed, kept: true, retryAfter: true}},
		{"shed abruptly", "HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", answer{outcome: shed}},
		{"another status", "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", answer{outcome: failed, kept: true}},
		{"not HTTP", "220 ready\r\n\r\n", answer{outcome: failed}},
		{"silence", "", answer{outcome: failed}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := &visitor{addr: answering(t, c.response), request: getRequest("/"), patience: 200 * time.Millisecond}
			defer v.close()
			start := time.Now()
			for range 2 {
				got := v.visit(t.Context(), time.Now())
				got.took = 0
				if got != c.want {
					t.Fatalf("got %+v, want %+v", got, c.want)
				}
				if (v.conn != nil) != c.want.kept {
					t.Errorf("the connection is there: %t, want %t", v.conn != nil, c.want.kept)
				}
			}
			if time.Since(start) > 5*time.Second {
				t.Errorf("two visits took %s, against all patience", time.Since(start))
			}
		})
	}
}

func TestAVisitCountsFromWhenItWasDue(t *testing.T) {
	v := &visitor{addr: answering(t, okResponse), request: getRequest("/"), patience: time.Minute}
	defer v.close()
	if got := v.visit(t.Context(), time.Now().Add(-time.Second)); got.outcome != served || got.took < time.Second {
		t.Errorf("got %+v, want it served, and late by a second", got)
	}
}

func TestAnOpenLoopOffersWhatIsDue(t *testing.T) {
	offer := func(response string, rate float64) tally {
		loop := &openLoop{addr: answering(t, response), request: getRequest("/"), patience: 100 * time.Millisecond}
		return loop.offer(t.Context(), rate, 100*time.Millisecond, 200*time.Millisecond)
	}
	for _, c := range []struct {
		name, response string
		counted        func(tally) int
	}{
		{"served", okResponse, func(seen tally) int { return len(seen.served) }},
		{"shed", shedResponse, func(seen tally) int { return len(seen.shed) - seen.abrupt - seen.dropped }},
		{"given up", "", func(seen tally) int { return seen.failed }},
	} {
		seen := offer(c.response, 100)
		// On a machine that is busy some may be left out, but then they are counted as such.
		if seen.offered != 20 || c.counted(seen) != 20-seen.notOffered {
			t.Errorf("%s: got %+v, want 20 offered, without those of the first 100 ms", c.name, seen)
		}
	}
}

func TestAnOpenLoopLeavesOutWhatIsTooLate(t *testing.T) {
	loop := &openLoop{addr: answering(t, okResponse), request: getRequest("/"), patience: time.Second}
	loop.arrive(t.Context(), time.Now().Add(-time.Second), true)
	loop.open = mostVisitors
	loop.arrive(t.Context(), time.Now(), true)
	if loop.visits.Wait(); loop.seen.offered != 2 || loop.seen.notOffered != 2 {
		t.Errorf("got %+v, want two that were not offered", loop.seen)
	}
}

func TestProbes(t *testing.T) {
	for _, c := range []struct {
		response string
		failed   bool
	}{{okResponse, false}, {shedResponse, true}} {
		for _, fresh := range []bool{true, false} {
			p := prober{addr: answering(t, c.response), perSecond: 50, fresh: fresh}
			seen := p.during(context.Background(), func() { time.Sleep(100 * time.Millisecond) })
			if len(seen.took) == 0 || (seen.failed == len(seen.took)) != c.failed {
				t.Errorf("got %+v, want all to fail: %t", seen, c.failed)
			}
			if c.failed && percentile(seen.took, 0) < 1000 {
				t.Error("a refusal counts as a quick answer")
			}
		}
	}
}

func TestCapacityIsThatOfAServerThatAnswers(t *testing.T) {
	if able, err := capacity(t.Context(), answering(t, shedResponse), getRequest("/")); err == nil {
		t.Errorf("no error but %f, of a server that sheds", able)
	}
}

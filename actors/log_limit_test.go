package actors

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/troupe-go/troupe/wire"
)

// malformed sends so many requests that nobody can read, each on a connection of its own.
func (k *kit) malformed(address string, n int) {
	for range n {
		p := k.dialFrom(address)
		p.send("GET / HTTP/1.1\r\n\r\n")
		p.want("each is answered, logged or not", "HTTP/1.1 400", "no Host")
		p.end()
	}
}

func TestMalformedRequestsAreSummedUp(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.wait(1500 * time.Millisecond)
		k.malformed("192.0.2.7:1000", 300)
		k.malformed("[2001:db8::1]:1000", 6)
		k.malformed("[2001:db8::2]:1000", 6)
		for _, line := range []string{"request rejected", "exchange"} {
			if n := k.log.count("INFO "+line+" ", "peer=192.0.2.7:1000"); n != linesOfAPeer {
				t.Errorf("%d lines %q of one peer, want %d", n, line, linesOfAPeer)
			}
			if n := k.log.count("INFO "+line+" ", "peer=[2001:db8::"); n != linesOfAPeer {
				t.Errorf("%d lines %q of a network of IPv6, want %d", n, line, linesOfAPeer)
			}
		}
		if n := k.log.count("rejected without a line"); n > 0 {
			t.Errorf("the sum is there before its time: %q", k.log.written())
		}
		k.wait(limitWindow)
		for _, want := range []string{"peer=192.0.2.7 count=290 since=2000-01-01 ", "peer=2001:db8::/64 count=2 since=2000-01-01 "} {
			if n := k.log.count("INFO rejected without a line actor=server " + want); n != 1 {
				t.Errorf("%d lines with %q, want one, in %q", n, want, k.log.written())
			}
		}
		before := len(k.log.written())
		k.wait(time.Hour)
		if n := len(k.log.written()); n != before {
			t.Errorf("a sum is written once, and nothing where nothing is left out: %q", k.log.written()[before:])
		}
		k.malformed("192.0.2.7:1000", 1)
		if n := k.log.count("request rejected", "peer=192.0.2.7"); n != linesOfAPeer+1 {
			t.Errorf("%d lines, want one more in the next window", n)
		}
	})
}

// Heads that never end, and content that breaks a rule, are lines that a client can cause as well.
func TestOtherLinesOfAPeerAreLimitedToo(t *testing.T) {
	for name, octets := range map[string]string{
		"status=408":                    "GET / HTTP/1.1\r\n",
		"request rejected actor=":       "\x16\x03\x01",
		"rule=malformed chunk size":     "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
		`rule=chunk data not followed`:  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
		"rule=control octet in a field": "GET / HTTP/1.1\r\nHost: a\r\nA: \x00\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/", saying("hello"))
				for range 3 * linesOfAPeer {
					k.dial().send(octets)
				}
				k.wait(k.server.env.config.HeadTimeout)
				if n := k.log.count("INFO", name); n != linesOfAPeer {
					t.Errorf("%d lines, want %d, in %q", n, linesOfAPeer, k.log.written())
				}
				k.wait(limitWindow)
				if n := k.log.count("rejected without a line", fmt.Sprintf(" count=%d ", 2*linesOfAPeer)); n != 1 {
					t.Errorf("%d sums, want one, in %q", n, k.log.written())
				}
			})
		})
	}
}

// A request that can be read has its line, however often somebody asks.
func TestRequestsAreNotLimited(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.malformed("192.0.2.7:1000", 50)
		p := k.dialFrom("192.0.2.7:1001")
		p.send(strings.Repeat(get, 50))
		if n := k.log.count("INFO exchange", "status=200"); n != 50 {
			t.Errorf("%d lines, want one for each of 50 requests", n)
		}
	})
}

// At debug every message is a line, so nothing is left out.
func TestNothingIsLeftOutAtDebug(t *testing.T) {
	bubble(t, func(k *kit) {
		k.log.level = slog.LevelDebug
		k.serve("/", saying("hello"))
		k.malformed("192.0.2.7:1000", 50)
		if n := k.log.count("request rejected"); n != 50 {
			t.Errorf("%d lines, want 50", n)
		}
	})
}

func TestTheEndSumsUp(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.malformed("192.0.2.7:1000", 50)
		if err := k.server.Shutdown(context.Background()); err != nil {
			t.Fatal(err)
		}
		lines := k.log.written()
		if n := k.log.count("rejected without a line", "count=40"); n != 1 || !strings.Contains(lines[len(lines)-1], "INFO stopped actor=server") {
			t.Errorf("%d sums, want one before the last line, in %q", n, lines)
		}
	})
}

// Many peers do not get more lines than a few, and cost no more memory than a few.
func TestManyPeersAreLimitedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &lines{level: slog.LevelInfo}
		l := newActorLog(Config{Logger: slog.New(log)})
		allowed, all := 0, 0
		tell := func(peer string, times int) {
			for range times {
				if all++; !l.muted(slog.LevelInfo, peer) {
					allowed++
				}
			}
		}
		tell("192.0.2.7:1000", 500)
		tell("a path", 200)
		for n := range 5000 {
			tell(fmt.Sprintf("10.0.%d.%d:1", n>>8, n&255), 2)
		}
		if allowed != linesOfAll {
			t.Errorf("%d lines, want %d", allowed, linesOfAll)
		}
		held := func() (peers int, window *time.Timer) {
			l.limit.mu.Lock()
			defer l.limit.mu.Unlock()
			return len(l.limit.peers), l.limit.window
		}
		if peers, _ := held(); peers != mostPeers {
			t.Errorf("%d peers are held, want %d", peers, mostPeers)
		}
		time.Sleep(limitWindow)
		synctest.Wait()
		sums := log.written()
		if len(sums) != summedPeers+1 || !strings.Contains(sums[0], "peer=192.0.2.7 count=490 ") || !strings.Contains(sums[1], "peer=local count=190 ") {
			t.Errorf("want the worst first, and %d lines: got %q", summedPeers+1, sums)
		}
		left := 0
		for _, line := range sums {
			var count int
			_, after, _ := strings.Cut(line, "count=")
			fmt.Sscan(after, &count)
			left += count
		}
		if left+allowed != all {
			t.Errorf("%d lines and %d left out are not all %d: %q", allowed, left, all, sums)
		}
		const apart = mostPeers - (linesOfAll-2*linesOfAPeer)/2 - summedPeers // all but those with each of their two lines
		if last := sums[len(sums)-1]; !strings.Contains(last, fmt.Sprintf(" peers=%d ", apart)) {
			t.Errorf("the others are counted together, %d of them: got %q", apart, last)
		}
		if peers, window := held(); peers != 0 || window != nil {
			t.Error("a window that is over holds something")
		}
	})
}

func TestQueriesCanBeHidden(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.HideQueries = true })
		k.serve("/", saying("hello"))
		k.peer.send(ask("GET", "/a?token=s3cret") + ask("GET", "http://a/b?token=s3cret") + ask("GET", "/c?") + ask("GET", "/d"))
		for _, octets := range []string{
			"GET /e?token=s3cret HTTP/1.1\n\n", "GET /f?token=s3cret\r\n\r\n", "GET /%zz?token=s3cret HTTP/2.0\r\n\r\n", "GET /?\x01s3cret?s3cret HTTP/1.1\r\n\r\n",
			"GET /g?" + strings.Repeat("s3cret", 2000),
		} {
			k.dial().send(octets)
		}
		head := wire.RequestHead{Method: "GET", Target: wire.RequestTarget{Raw: "/h?token=s3cret"}}
		k.server.env.log.gone(nil, &Request{head: head}, 0, "")
		for _, want := range []string{
			"target=/a?… ", "target=http://a/b?… ", "target=/c?… ", "target=/d ", "line=GET /e?… HTTP/1.1 ", "line=GET /f?… ",
			"line=GET /%zz?… HTTP/2.0 ", "line=GET /?… HTTP/1.1 ", "line=GET /g?… ", "INFO client gone actor=nobody exchange=0 method=GET target=/h?… ",
		} {
			if k.log.count(want) == 0 {
				t.Errorf("want %q in the log: %q", want, k.log.written())
			}
		}
		if n := k.log.count("s3cret"); n > 0 {
			t.Errorf("%d lines show the query: %q", n, k.log.written())
		}
	})
}

//go:build !race

package actors

import (
	"context"
	"io"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What one connection can cost at most, in octets of the heap and of stacks, as docs/explanation/
// reliability.md has it, with the default limits. Content is bounded for all connections together
// (MaxContent), so it is not in here.
const (
	costOfIdle    = 6 << 10
	costOfHead    = 256 << 10
	costOfReading = 192 << 10
)

// The worst client costs no more than that, and nothing when it is gone.
func TestWhatAConnectionCosts(t *testing.T) {
	longest := "GET /" + strings.Repeat("a", 8000) + " HTTP/1.1\r\nHost: a\r\n" +
		strings.Repeat("F: "+strings.Repeat("v", 640)+"\r\n", 98) // and no end
	for _, test := range []struct {
		name, octets string
		number       int
		most         uint64
	}{
		{"an idle one", get, 1000, costOfIdle},
		{"an idle one from a proxy", "PROXY TCP4 192.0.2.7 198.51.100.1 51234 80\r\n" + get, 1000, costOfIdle},
		{"a head of the greatest size that does not end", longest, 200, costOfHead},
		{"a client that reads nothing", ask("GET", "/endless"), 200, costOfReading},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := costOfConnections(t, test.number, test.octets); got > test.most {
				t.Errorf("a connection costs %d octets, want at most %d", got, test.most)
			} else {
				t.Logf("a connection costs %d octets, the limit is %d", got, test.most)
			}
		})
	}
}

// costOfConnections is what each of so many connections adds to the memory of the process.
func costOfConnections(t *testing.T, number int, octets string) uint64 {
	settledMemory() // what was before is gone
	config := Config{Logger: noLog, IdleTimeout: -1, WriteTimeout: time.Minute}
	if strings.HasPrefix(octets, "PROXY ") {
		config.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
	server := NewServer(config)
	handle(server, "GET /", saying("hello"))
	handle(server, "GET /endless", answering(func(r *Request) *Response {
		return r.Stream(200, nil, pieces(1<<20))
	}))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	clients := make([]net.Conn, number)
	var before uint64
	for i := range clients {
		if i == 1 {
			before = settledMemory() // the first one pays for what all share
		}
		if clients[i], err = net.Dial("tcp", on.Addr().String()); err != nil {
			t.Fatal(err)
		}
		clients[i].(*net.TCPConn).SetReadBuffer(4 << 10)
		if _, err := io.WriteString(clients[i], octets); err != nil {
			t.Fatal(err)
		}
	}
	after := settledMemory()
	for _, c := range clients {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	server.Shutdown(ctx)
	<-served
	if after < before {
		return 0
	}
	return (after - before) / uint64(number-1)
}

// settledMemory is the memory in use when it does not grow any more.
func settledMemory() (in uint64) {
	most := uint64(0)
	for same := 0; same < 10; same++ {
		if in = memoryInUse(); in > most+most/200 {
			most, same = in, 0
		}
		time.Sleep(20 * time.Millisecond)
	}
	return in
}

// memoryInUse is the live part of the heap, and all stacks.
func memoryInUse() uint64 {
	runtime.GC()
	runtime.GC() // what was in a pool goes with the second
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc + stats.StackInuse
}

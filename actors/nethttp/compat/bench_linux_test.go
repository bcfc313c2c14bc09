package compat_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// What a request costs under the adapter, beside net/http's own server with the same handler:
//
//	go test -run '^$' -bench Cost -benchtime 2000x -count 7
//
// cpu-us/op is the CPU time of the process, with that of the clients, which are the same for both.

// benchClients is how many connections there are.
const benchClients = 16

// A load is a handler and what clients send to it.
type load struct {
	name    string
	request string
	answer  http.HandlerFunc
}

func loads() []load {
	person := struct{ Name, Text string }{"ann", strings.Repeat("text ", 200)}
	piece := slices.Repeat([]byte("x"), 32<<10)
	return []load{
		{"hello", "GET /hello HTTP/1.1\r\nHost: h\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n", func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hello, world\n")
		}},
		{"JSON", "GET /json HTTP/1.1\r\nHost: h\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(person)
		}},
		{"flushed", "GET /flushed HTTP/1.1\r\nHost: h\r\n\r\n", func(w http.ResponseWriter, r *http.Request) {
			for range 32 {
				w.Write(piece)
				w.(http.Flusher).Flush()
			}
		}},
		{"upload", "POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n" + strings.Repeat("x", 1<<20), func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(io.Discard, r.Body)
			fmt.Fprint(w, n, err)
		}},
	}
}

func BenchmarkCost(b *testing.B) {
	for _, load := range loads() {
		for _, server := range []struct {
			name  string
			start func(testing.TB, http.Handler) *site
		}{{"Troupe", onTroupe}, {"net-http", onNetHTTP}} {
			b.Run(load.name+"/"+server.name, func(b *testing.B) { measure(b, server.start(b, load.answer), load.request) })
		}
	}
}

// measure sends the request b.N times over all connections, and reports the CPU time of each.
func measure(b *testing.B, s *site, request string) {
	b.ReportAllocs()
	var clients []*keptAlive
	for range benchClients {
		c := &keptAlive{to: s.dial(b), request: []byte(request)}
		c.from = bufio.NewReaderSize(c.to, 64<<10)
		for range 20 {
			c.ask(b)
		}
		clients = append(clients, c)
	}
	before := cpuTime()
	b.ResetTimer()
	var all sync.WaitGroup
	for i, c := range clients {
		all.Go(func() {
			for n := i; n < b.N; n += benchClients {
				c.ask(b)
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64((cpuTime()-before).Nanoseconds())/1e3/float64(b.N), "cpu-us/op")
}

// A keptAlive is a client that costs little.
type keptAlive struct {
	to      net.Conn
	from    *bufio.Reader
	request []byte
}

func (c *keptAlive) ask(b *testing.B) {
	if _, err := c.to.Write(c.request); err != nil {
		b.Error(err)
		return
	}
	length := -1
	for {
		line, err := c.from.ReadSlice('\n')
		if err != nil {
			b.Error(err)
			return
		}
		if len(line) == 2 {
			break
		}
		if value, is := strings.CutPrefix(string(line), "Content-Length: "); is {
			fmt.Sscan(value, &length)
		}
	}
	if length >= 0 {
		c.from.Discard(length)
		return
	}
	c.skipChunks(b)
}

func (c *keptAlive) skipChunks(b *testing.B) {
	for size := -1; size != 0; {
		line, err := c.from.ReadSlice('\n')
		if err != nil {
			b.Error(err)
			return
		}
		fmt.Sscanf(string(line), "%x", &size)
		c.from.Discard(size + 2)
	}
}

// cpuTime is what the process has used.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

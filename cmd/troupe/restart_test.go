//go:build unix

package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/actorstest"
)

// "A restart of the process under load with an inherited listener loses no request": the new program
// listens on the same socket before the old one is told to go.
func TestARestartUnderLoadLosesNoRequest(t *testing.T) {
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	file, err := on.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	run := func() *program {
		p := start(t, "LISTEN_PID=$$ LISTEN_FDS=1", []*os.File{file}, "--log-level", "warn")
		p.want("Server running at http://" + on.Addr().String())
		return p
	}
	load := startLoad(t, on.Addr().String())
	p := run()
	for range 4 {
		load.awaitMore(100)
		next := run()
		load.awaitMore(100)
		p.end()
		p = next
	}
	load.awaitMore(100)
	load.end()
	p.end()
}

// A load is clients that post one request after another. Some keep their connections, some do not. They try nothing
// twice, so every failure counts.
type load struct {
	t        *testing.T
	answered atomic.Int64
	over     atomic.Bool
	clients  sync.WaitGroup
}

func startLoad(t *testing.T, address string) *load {
	l := &load{t: t}
	for i := range 16 {
		l.clients.Go(func() { l.play(address, i%2 == 0) })
	}
	t.Cleanup(l.end)
	return l
}

func (l *load) end() {
	l.over.Store(true)
	l.clients.Wait()
}

// awaitMore waits until so many more requests were answered.
func (l *load) awaitMore(n int64) {
	l.t.Helper()
	target := l.answered.Load() + n
	for until := time.Now().Add(10 * time.Second); l.answered.Load() < target; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			l.t.Fatalf("%d requests were answered, want %d", l.answered.Load(), target)
		}
	}
}

func (l *load) play(address string, keep bool) {
	for !l.over.Load() && !l.t.Failed() {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			l.t.Errorf("a new connection: %v", err)
			return
		}
		reader := bufio.NewReader(conn)
		for number := 0; !l.over.Load(); number++ {
			closes, err := post(conn, reader, fmt.Sprint("request ", number))
			if err != nil {
				l.t.Errorf("request %d of a connection is lost: %v", number, err)
				break
			}
			l.answered.Add(1)
			if closes || !keep {
				break
			}
		}
		conn.Close()
	}
}

// post has its content echoed, and reports whether the connection ends with that.
func post(conn net.Conn, reader *bufio.Reader, content string) (closes bool, err error) {
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := fmt.Fprintf(conn, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", len(content), content); err != nil {
		return false, err
	}
	r, err := actorstest.ReadResponse(reader, "POST")
	if err == nil && (r.Status != "200 OK" || r.Content != content) {
		err = fmt.Errorf("got %v", r)
	}
	return r.Closes(), err
}

package handlers

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/process"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
)

// heard is what was measured of events.
type heard struct {
	octets          float64 // of heap and stacks, for each client that listens in silence
	sent, delivered int
	cpu             float64 // of the server for each delivered event, in microseconds
}

func (h heard) String() string {
	return fmt.Sprintf("%.0f octets per listener, %d of %d events, %.1f µs CPU each", h.octets, h.delivered, h.sent, h.cpu)
}

// published is how many events are published to all listeners.
const published = 20

// patience is longer than any answer may take.
const patience = 30 * time.Second

// listen makes clients listen to the events of a server: first in silence, then while events are published.
func listen(ctx context.Context, name string, clients int) (h heard, err error) {
	server, err := rivals.StartServing(ctx, name, "handlers")
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	crowd := &crowd{addr: server.Addr}
	defer crowd.leave()
	if err := crowd.join(100); err != nil { // so that what is made on first use is there
		return h, errors.Join(err, server.Alive())
	}
	before, err := heapOf(ctx, server)
	if err != nil {
		return h, err
	}
	if err := crowd.join(clients); err != nil {
		return h, errors.Join(err, server.Alive())
	}
	after, err := heapOf(ctx, server)
	if err != nil {
		return h, err
	}
	h.octets = (after - before) / float64(clients)
	h.sent = published * len(crowd.conns)
	begun, err := machine.CPUTime(server.PID())
	if err != nil {
		return h, err
	}
	if err := publish(ctx, server, crowd); err != nil {
		return h, err
	}
	ended, err := machine.CPUTime(server.PID())
	h.delivered = int(crowd.got.Load())
	h.cpu = float64((ended - begun).Microseconds()) / float64(max(h.delivered, 1))
	return h, err
}

// publish publishes the events one after another, and waits until all have come, or no more do.
func publish(ctx context.Context, server *process.Process, to *crowd) error {
	v := &load.Visitor{Addr: server.Addr}
	defer v.Close()
	for n := range published {
		body := "event " + strconv.Itoa(n)
		request := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", site.EventsPath, len(body), body)
		if r, err := v.Ask(ctx, []byte(request), time.Now().Add(patience)); err != nil || r.Status != 200 {
			return fmt.Errorf("publishing: %w", err)
		}
	}
	for last := int64(-1); ; time.Sleep(500 * time.Millisecond) {
		now := to.got.Load()
		if now == last || now == int64(published*len(to.conns)) {
			return nil
		}
		last = now
	}
}

// heapOf asks a server for the octets in use.
func heapOf(ctx context.Context, p *process.Process) (float64, error) {
	v := &load.Visitor{Addr: p.Addr}
	defer v.Close()
	r, err := v.Ask(ctx, load.Get(site.HeapPath), time.Now().Add(patience))
	if err != nil {
		return 0, errors.Join(p.Alive(), fmt.Errorf("asking for its heap: %w", err))
	}
	return strconv.ParseFloat(r.Body, 64)
}

// A crowd is clients that listen.
type crowd struct {
	addr  string
	conns []net.Conn
	got   atomic.Int64 // events
	gone  sync.WaitGroup
}

// join adds clients, each of which has got the head of its stream.
func (c *crowd) join(clients int) error {
	for range clients {
		conn, err := net.Dial("tcp", c.addr)
		if err != nil {
			return err
		}
		c.conns = append(c.conns, conn)
		if _, err := conn.Write(load.Get(site.EventsPath)); err != nil {
			return err
		}
		conn.SetReadDeadline(time.Now().Add(patience))
		in := bufio.NewReaderSize(conn, 512)
		for line := ""; line != "\r\n"; {
			if line, err = in.ReadString('\n'); err != nil {
				return err
			}
		}
		conn.SetReadDeadline(time.Time{})
		c.gone.Go(func() { c.count(in) })
	}
	return nil
}

// count counts the events that a client gets.
func (c *crowd) count(in *bufio.Reader) {
	for {
		line, err := in.ReadSlice('\n')
		if err == io.EOF || errors.Is(err, net.ErrClosed) || err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
		if bytes.HasPrefix(line, []byte("data: event")) {
			c.got.Add(1)
		}
	}
}

func (c *crowd) leave() {
	for _, conn := range c.conns {
		conn.Close()
	}
	c.gone.Wait()
}

package actors

import (
	"errors"
	"fmt"
	"sync"
	"testing/synctest"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// A consumer is a handler that pulls the content of its request when the test says so.
type consumer struct {
	*probe
	request *Request
}

// consumer takes the next request as the handler of a route with StreamBody would.
func (c *loneConnection) consumer(why string) *consumer {
	c.k.t.Helper()
	request := want[*Request](c.router, why)
	request.route = c.streamingRoute()
	return &consumer{c.k.probe(c.env, fmt.Sprintf("handler$%d", request.exchange), nil), request}
}

// streamingRoute is a route whose handler pulls the content.
func (c *loneConnection) streamingRoute() *route {
	return &route{env: c.env, streams: true, timeout: c.env.config.HandlerTimeout}
}

func (h *consumer) ask() {
	h.do(func(ctx actor.Context) { ctx.Request(h.request.ReplyTo(), h.request.ReadBody()) })
}

// wantPiece wants the answer to a ReadBody.
func (h *consumer) wantPiece(why, piece string, end bool) *BodyRead {
	h.k.t.Helper()
	read := want[*BodyRead](h.probe, why)
	if string(read.Bytes) != piece || read.End != end || read.Err != nil || read.Request != h.request {
		h.k.t.Fatalf("%s: want the piece %.99q (end: %v), got %.99q (end: %v, %v)", why, piece, end, read.Bytes, read.End, read.Err)
	}
	return read
}

func (h *consumer) wantErr(why string, err error) {
	h.k.t.Helper()
	if read := want[*BodyRead](h.probe, why); !errors.Is(read.Err, err) || read.End || len(read.Bytes) > 0 || read.Request != h.request {
		h.k.t.Fatalf("%s: want %v alone, got %+v", why, err, read)
	}
}

// A testSource is the source of a stream, which does as the test says.
type testSource struct {
	c             *loneConnection
	mu            sync.Mutex
	pid           *actor.PID
	demands       []*ReadBody
	starts, stops int
}

func (c *loneConnection) source() *testSource { return &testSource{c: c} }

func (s *testSource) props() *actor.Props { return actor.PropsFromFunc(s.receive) }

func (s *testSource) receive(ctx actor.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch message := ctx.Message().(type) {
	case *actor.Started:
		s.starts++
		s.pid = ctx.Self()
	case *actor.Stopping:
		s.stops++
	case *ReadBody:
		s.demands = append(s.demands, message)
	case func(actor.Context):
		message(ctx)
	}
}

// demand takes the one demand that there must be.
func (s *testSource) demand(why string) *ReadBody {
	s.c.k.t.Helper()
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.demands) != 1 {
		s.c.k.t.Fatalf("%s: want one demand outstanding, got %d", why, len(s.demands))
	}
	demand := s.demands[0]
	s.demands = nil
	return demand
}

func (s *testSource) give(why, piece string) {
	s.c.k.t.Helper()
	s.c.tell(s.demand(why).Data([]byte(piece)))
}

func (s *testSource) end(why string) {
	s.c.k.t.Helper()
	s.c.tell(s.demand(why).End(nil))
}

// do runs f inside of the source.
func (s *testSource) do(f func(actor.Context)) { s.c.env.system.Root.Send(s.pid, f); synctest.Wait() }

func (s *testSource) wantNoDemand(why string) {
	s.c.k.t.Helper()
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.demands) > 0 {
		s.c.k.t.Fatalf("%s: want no demand, got %d", why, len(s.demands))
	}
}

func (s *testSource) wantStops(why string, n int) {
	s.c.k.t.Helper()
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stops != n {
		s.c.k.t.Fatalf("%s: want it stopped %d times, got %d", why, n, s.stops)
	}
}

// wantOctets wants exactly these octets to have come since the last were taken.
func (p *peer) wantOctets(why, octets string) {
	p.k.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if string(p.in) != octets {
		p.k.t.Fatalf("%s: want the octets %.200q, got %.200q (%v)", why, octets, p.in, p.err)
	}
	p.in = nil
}

// streams begins an exchange that is answered with a stream, and takes its head.
func (c *loneConnection) streams(octets string, response func(*Request, *actor.Props) *Response, fields ...string) *testSource {
	c.k.t.Helper()
	s := c.source()
	c.send(octets)
	c.tell(response(want[*Request](c.router, "the request"), s.props()))
	c.wantHead("the head leaves at once", "HTTP/1.1 200 OK\r\n", fields...)
	return s
}

func plain(r *Request, source *actor.Props) *Response { return r.Stream(200, nil, source) }

func ofLength(n int64) func(*Request, *actor.Props) *Response {
	return func(r *Request, source *actor.Props) *Response { return r.Stream(200, nil, source).WithLength(n) }
}

// pullAll is a handler that pulls all content, and then answers.
func pullAll(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *Request:
		ctx.Request(message.ReplyTo(), message.ReadBody())
	case *BodyRead:
		if !message.End && message.Err == nil {
			ctx.Request(message.Request.ReplyTo(), message.Request.ReadBody())
			return
		}
		ctx.Send(message.Request.ReplyTo(), message.Request.Text(200, fmt.Sprint("ended ", message.Err)))
	}
}

// pieces is a source of so many pieces of 32 KiB.
func pieces(n int) *actor.Props {
	return actor.PropsFromFunc(func(ctx actor.Context) {
		if demand, ok := ctx.Message().(*ReadBody); ok {
			if n--; n < 0 {
				ctx.Respond(demand.End(nil))
				return
			}
			ctx.Respond(demand.Data(make([]byte, 32<<10)))
		}
	})
}

// A countingSocket counts the octets taken from it.
type countingSocket struct {
	transport.Socket
	takes, octets int
}

func (s *countingSocket) Take() ([]byte, error) {
	octets, err := s.Socket.Take()
	s.takes++
	s.octets += len(octets)
	return octets, err
}

// A resetSocket remembers that it was reset.
type resetSocket struct {
	transport.Socket
	resets int
}

func (s *resetSocket) Reset() { s.resets++; s.Socket.Reset() }

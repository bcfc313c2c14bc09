package actors

import (
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// A watchedSocket notes each use after its end: its descriptor may belong to another client then.
type watchedSocket struct {
	transport.Socket
	closed  bool
	touched []string
}

func (s *watchedSocket) touch(what string) {
	if s.closed {
		s.touched = append(s.touched, what)
	}
}

func (s *watchedSocket) Demand()               { s.touch("demand"); s.Socket.Demand() }
func (s *watchedSocket) Take() ([]byte, error) { s.touch("take"); return s.Socket.Take() }
func (s *watchedSocket) CloseWrite() error     { s.touch("closeWrite"); return s.Socket.CloseWrite() }
func (s *watchedSocket) Reset()                { s.touch("reset"); s.Socket.Reset() }
func (s *watchedSocket) Close()                { s.Socket.Close(); s.closed = true }
func (s *watchedSocket) Write(octets []byte, timeout time.Duration, rate int) error {
	s.touch("write")
	return s.Socket.Write(octets, timeout, rate)
}

// A stopping connection has closed its socket, and waits for its source. The source may be busy and still answer: the
// answer reaches nobody.
func TestAStoppedConnectionTouchesNoSocket(t *testing.T) {
	for name, answer := range map[string]func(*ReadBody) *BodyRead{
		"a piece": func(demand *ReadBody) *BodyRead { return demand.Data([]byte("secret")) },
		"the end": func(demand *ReadBody) *BodyRead { return demand.End(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				watched, goOn := &watchedSocket{}, make(chan struct{})
				c := k.connectionOn(func(s transport.Socket) transport.Socket { watched.Socket = s; return watched })
				c.send(post + "Content-Length: 5\r\n\r\n")
				h := c.consumer("the head")
				c.tell(h.request.Stream(200, nil, actor.PropsFromFunc(func(ctx actor.Context) {
					if demand, ok := ctx.Message().(*ReadBody); ok {
						<-goOn
						ctx.Respond(answer(demand))
						time.Sleep(time.Second) // it is busy still, so that the answer comes before its end
					}
				})))
				h.ask()
				k.wait(soon)
				c.end() // within the content: the connection stops
				k.wait(soon)
				if !watched.closed {
					t.Error("the socket is closed at once, whatever the source does")
				}
				close(goOn)
				k.wait(2 * time.Second)
				c.wantStopped("the source has ended")
				if len(watched.touched) > 0 || k.log.count("crashed") > 0 {
					t.Errorf("want nothing done with a closed socket, got %q, %q", watched.touched, k.log.written())
				}
			})
		})
	}
}

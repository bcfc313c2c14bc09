package actors

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/duplex"
	"github.com/troupe-go/troupe/actors/internal/transport"
)

// Faults that a review found, each with the test that keeps it away.

// A watchedSocket knows what was done with it after its end: its descriptor may be another client's.
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

// A connection that stops has closed its socket, and waits for its source, which may be busy and still
// answer: that reaches nobody.
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

// "A handler stops: 503 at once", also for requests in its queue when it panics behind its own stop.
func TestWhatWaitsBehindAStopAndAPanicIsRefused(t *testing.T) {
	bubble(t, func(k *kit) {
		goOn := make(chan struct{})
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*Request); ok {
				<-goOn
				ctx.Stop(ctx.Self())
				panic("asked to")
			}
		}))
		k.peer.send(get)
		second, third := k.dial(), k.dial()
		second.send(get)
		third.send(get)
		k.wait(soon) // both are in its queue
		close(goOn)
		k.wait(soon)
		k.peer.want("it crashed on the first", "HTTP/1.1 500")
		second.want("it has stopped", "HTTP/1.1 503")
		third.want("it has stopped", "HTTP/1.1 503")
	})
}

// A panic after Stopping must not restart the handler, whose parent waits for its end: here on the end
// of its child.
func TestAHandlerThatPanicsWhileItStopsIsNotReborn(t *testing.T) {
	bubble(t, func(k *kit) {
		var starts, panics atomic.Int32
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			switch ctx.Message().(type) {
			case *actor.Started:
				starts.Add(1)
				ctx.Spawn(actor.PropsFromFunc(func(actor.Context) {}))
			case *actor.Terminated:
				panics.Add(1)
				panic("an orphan")
			}
		}))
		k.start()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		ended := k.shutdown(ctx)
		k.wait(5 * time.Second)
		wantError(t, "a crash never becomes a hang", ended, nil)
		if starts.Load() != 1 || panics.Load() != 1 {
			t.Errorf("want one life with one panic, got %d with %d", starts.Load(), panics.Load())
		}
	})
}

// A source may be silent for as long as it likes, so only the kernel can tell that the client is gone.
func TestAGoneClientEndsASilentStream(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs the poller")
	}
	begun, stopped := make(chan struct{}), make(chan struct{})
	server := NewServer(Config{Logger: noLog})
	handle(server, "/", answering(func(r *Request) *Response {
		return r.Stream(200, nil, actor.PropsFromFunc(func(ctx actor.Context) {
			switch ctx.Message().(type) {
			case *ReadBody:
				close(begun)
			case *actor.Stopped:
				close(stopped)
			}
		}))
	}))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	defer func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // a stream that goes on would hold it up
		server.Shutdown(ctx)
		<-served
	}()
	client, err := net.Dial("tcp", on.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(client, get)
	<-begun
	client.(*net.TCPConn).SetLinger(0) // a reset
	client.Close()
	select {
	case <-stopped:
	case <-time.After(3 * time.Second):
		t.Error("the source lives on, though there is nobody left to send to")
	}
}

// Serve "closes the listener", also when it comes too late: nothing else holds the port.
func TestServeAfterShutdownLetsThePortGo(t *testing.T) {
	server := NewServer(Config{Logger: noLog})
	if err := server.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Serve(on); !errors.Is(err, ErrServerClosed) {
		t.Errorf("want %v, got %v", ErrServerClosed, err)
	}
	again, err := net.Listen("tcp", on.Addr().String())
	if err != nil {
		t.Fatalf("the port is taken still: %v", err)
	}
	again.Close()
}

// A lateListener does something at the moment of its Close.
type lateListener struct {
	net.Listener
	closing func()
}

func (l *lateListener) Close() error { l.closing(); return l.Listener.Close() }

// A connection that is accepted just when its listener drains is connected as far as its client knows:
// its first request is answered.
func TestAnAcceptedConnectionBehindADrainIsServed(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		client, conn := duplex.New()
		socket := transport.NewStream(conn)
		k.startBy(func(on net.Listener) error {
			return k.server.Serve(&lateListener{on, func() {
				system := k.server.env.system
				system.Root.Send(system.NewLocalPID(serverName+"/listener"), &accepted{socket: socket})
			}})
		})
		ended := k.shutdown(context.Background())
		k.peer.connect(client, conn)
		k.peer.send(get)
		k.peer.want("a request on its way is served", "HTTP/1.1 200", "\r\nConnection: close\r\n")
		k.peer.end()
		k.wait(soon)
		wantError(t, "the shutdown", ended, nil)
		k.peer.wantClosed("it was the last")
	})
}

// BodyTimeout is for all of the content that nobody wants: octets do not buy time.
func TestUnwantedContentHasOneDeadline(t *testing.T) {
	bubble(t, func(k *kit) {
		c := k.connection()
		c.send(post + "Content-Length: 1000\r\n\r\n")
		c.tell(want[*Request](c.router, "the head").Text(404, "no"))
		c.want("the answer", "HTTP/1.1 404")
		part := c.env.config.BodyTimeout / 4
		for range 3 {
			k.wait(part)
			c.send("x")
		}
		c.parent.wantNone("the content may still end in time")
		k.wait(part)
		c.wantStopped("it did not")
	})
}

// Anybody may send anything: a crash on a BodyRead without a request is the handler's alone, not its
// supervisor's.
func TestASupervisorSurvivesABodyReadOfNothing(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *BodyRead:
				_ = message.Request.head.Method
			case *Request:
				ctx.Respond(message.Text(200, "hello"))
			}
		}))
		k.start()
		k.server.env.system.Root.Send(k.server.env.seat(0).pid, &BodyRead{})
		k.wait(0)
		if n := k.log.count("crashed"); n != 1 {
			t.Errorf("want one crash, got %q", k.log.written())
		}
		k.peer.send(get)
		k.peer.want("the handler is back", "HTTP/1.1 200", "hello")
	})
}

// A redirect to the subtree stays on this host. A browser takes a backslash for a slash, and "//name"
// for another host (https://url.spec.whatwg.org/#relative-slash-state).
func TestARedirectLeadsToThisHost(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("GET /{user}/", saying("hello"))
		for _, path := range []string{`/\evil.example`, `/evil.example`, `/.//evil.example`, `//evil.example`, `/x/..//evil.example`} {
			k.peer.send(ask("GET", path))
			response := k.peer.want(path, "HTTP/1.1 ")
			_, location, moved := strings.Cut(response, "\r\nLocation: ")
			location, _, _ = strings.Cut(location, "\r\n")
			if strings.HasPrefix(strings.ReplaceAll(location, `\`, "/"), "//") {
				t.Errorf("%s leads to another host: %q", path, location)
			}
			if single := slices.Contains([]string{`/\evil.example`, `/evil.example`}, path); single && !moved {
				t.Errorf("%s: want a redirect, got %q", path, response)
			}
		}
	})
}

package actors

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// tell sends a message to an actor of the server, by its path.
func (k *kit) tell(path string, message any) {
	env := k.server.env
	env.system.Root.Send(env.find(path), message)
	synctest.Wait()
}

// find is the actor that the log calls so, or one that nobody has heard of.
func (env *env) find(name string) *actor.PID {
	for _, id := range env.living() {
		if pid := env.system.NewLocalPID(id); path(pid) == name {
			return pid
		}
	}
	return env.system.NewLocalPID(serverName + "/" + name)
}

// shutdown begins a Shutdown; the channel gets its error.
func (k *kit) shutdown(ctx context.Context) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- k.server.Shutdown(ctx) }()
	synctest.Wait()
	return ended
}

// wantError wants the error to be there.
func wantError(t *testing.T, why string, from <-chan error, wanted error) {
	t.Helper()
	synctest.Wait()
	select {
	case err := <-from:
		if !errors.Is(err, wanted) {
			t.Errorf("%s: want %v, got %v", why, wanted, err)
		}
	default:
		t.Errorf("%s: want %v, got nothing yet", why, wanted)
	}
}

func wantPending(t *testing.T, why string, from <-chan error) {
	t.Helper()
	synctest.Wait()
	select {
	case err := <-from:
		t.Fatalf("%s: want nothing yet, got %v", why, err)
	default:
	}
}

func TestShutdownFinishesWhatWasBegun(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", answering(func(r *Request) *Response { time.Sleep(3 * time.Second); return r.Text(200, "done") }))
		k.serve("/fast", saying("fast"))
		busy, idle, begun := k.dial(), k.dial(), k.dial()
		busy.send(get)
		begun.send("GET /fast HTT")
		ended := k.shutdown(context.Background())
		k.wait(soon) // a handler that sleeps holds a goroutine of the dispatcher
		idle.wantIdle("a request may be on its way")
		k.wait(drainGrace)
		idle.wantClosed("an idle connection has nothing to finish")
		busy.wantIdle("the exchange goes on")
		begun.send("P/1.1\r\nHost: a\r\n\r\n")
		k.wait(soon)
		begun.want("a request that was begun is served", "HTTP/1.1 200", "\r\nConnection: close\r\n", "fast")
		begun.end()
		k.wait(soon)
		wantPending(t, "one exchange is not finished", ended)
		wantPending(t, "one exchange is not finished", k.served)
		k.wait(3 * time.Second)
		busy.want("the exchange was finished", "HTTP/1.1 200", "\r\nConnection: close\r\n", "done")
		busy.wantClosed("it was the last")
		busy.end()
		wantError(t, "all is finished", ended, nil)
		wantError(t, "Serve says why it ended", k.served, ErrServerClosed)
		if k.log.count("INFO draining actor=server") != 1 || k.log.count("INFO draining actor=listener ") != 1 ||
			k.log.count("INFO stopped actor=server") != 1 {
			t.Errorf("want the shutdown step by step in the log, got %q", k.log.written())
		}
	})
}

func TestShutdownDoesNotWaitForLingeringClients(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.peer.send("GET / HTTP/1.0\r\n\r\n")
		k.peer.want("the answer", "HTTP/1.1 200")
		ended := k.shutdown(context.Background())
		k.wait(lingerTimeout)
		wantError(t, "a client that does not close its side has a second", ended, nil)
	})
}

func TestShutdownTwice(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", answering(func(r *Request) *Response { time.Sleep(time.Second); return r.Text(200, "") }))
		k.peer.send(get)
		first, second := k.shutdown(context.Background()), k.shutdown(context.Background())
		wantPending(t, "the second waits like the first", second)
		k.wait(time.Second)
		k.peer.want("the exchange was finished", "HTTP/1.1 200")
		k.peer.end()
		wantError(t, "the first", first, nil)
		wantError(t, "the second", second, nil)
		wantError(t, "a third, after all has ended", k.shutdown(context.Background()), nil)
	})
}

func TestShutdownWithAnExpiredContext(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actor.PropsFromFunc(func(actor.Context) {})) // never answers
		k.peer.send(get)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		ended := k.shutdown(ctx)
		k.wait(time.Second - 1)
		wantPending(t, "there is a second to finish", ended)
		k.wait(1)
		wantError(t, "everything is stopped at once", ended, context.DeadlineExceeded)
		k.peer.want("every request ends in one response", "HTTP/1.1 503", "\r\nConnection: close\r\n")
		k.peer.wantClosed("it was the last")
		wantError(t, "Serve returns too", k.served, ErrServerClosed)
	})
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.peer.send(get)
		k.peer.want("the answer", "HTTP/1.1 200")
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		begun := time.Now()
		k.server.Shutdown(ctx) // nil or the error of the context: both may be ready
		if took := time.Since(begun); took != 0 {
			t.Errorf("nothing holds it up: took %v", took)
		}
	})
}

func TestShutdownDoesNotWaitForAnActorThatHangs(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", answering(func(r *Request) *Response { time.Sleep(time.Hour); return r.Text(200, "") }))
		k.peer.send(get)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		ended := k.shutdown(ctx)
		k.wait(time.Second + stopTimeout)
		wantError(t, "an actor that does not return cannot be stopped", ended, context.DeadlineExceeded)
		k.peer.want("its client is let go", "HTTP/1.1 503")
		k.peer.wantClosed("with an answer")
		k.wait(time.Hour)
	})
}

func TestShutdownBeforeServe(t *testing.T) {
	bubble(t, func(k *kit) {
		if err := k.server.Shutdown(context.Background()); err != nil {
			t.Errorf("there is nothing to stop: %v", err)
		}
		on := newPipeListener()
		if err := k.server.Serve(on); !errors.Is(err, ErrServerClosed) {
			t.Errorf("a server that was shut down does not serve: %v", err)
		}
		select {
		case <-on.closed:
		default:
			t.Error("Serve closes a listener that it does not serve")
		}
	})
}

func TestServeAfterShutdown(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		wantError(t, "nothing holds it up", k.shutdown(context.Background()), nil)
		if err := k.server.Serve(newPipeListener()); !errors.Is(err, ErrServerClosed) {
			t.Errorf("a server that was shut down does not serve: %v", err)
		}
	})
}

func TestTwoListeners(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.peer.send(get)
		k.peer.want("the first listener", "HTTP/1.1 200")
		first, firstServed := k.listener, k.served
		k.listener = nil
		other := k.dial()
		other.send(get)
		other.want("the second listener", "HTTP/1.1 200")
		if k.log.count("INFO exchange actor=listener$2/connection$2 ") != 1 {
			t.Errorf("want the second listener to have a name of its own, got %q", k.log.written())
		}
		first.Close()
		wantError(t, "its listener was closed", firstServed, net.ErrClosed)
		other.send(get)
		other.want("the second does not hear of it", "HTTP/1.1 200")
		ended := k.shutdown(context.Background())
		k.wait(drainGrace)
		wantError(t, "nothing holds it up", ended, nil)
		wantError(t, "the second was shut down", k.served, ErrServerClosed)
	})
}

func TestHandleRefusesMistakes(t *testing.T) {
	spawned := oneOf(saying(""))
	tests := []struct {
		name, pattern string
		handler       *Handler
		want          []string
	}{
		{"malformed", "GET a", spawned, []string{`"GET a"`, "must begin with /"}},
		{"no handler", "/b", nil, []string{`"/b"`, "no handler"}},
		{"the same again", "GET /a/{y}", spawned, []string{`"GET /a/{y}"`, `"GET /a/{x}"`, "conflicts"}},
		{"neither more specific", "/a/b", spawned, []string{`"/a/b"`, `"GET /a/{x}"`, "conflicts"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := NewServer(Config{})
			server.Handle("GET /a/{x}", spawned)
			message := panicOf(func() { server.Handle(test.pattern, test.handler) })
			for _, text := range test.want {
				if !strings.Contains(message, text) {
					t.Errorf("the panic says what is wrong: want %q in %q", text, message)
				}
			}
			if strings.Contains(test.want[len(test.want)-1], "conflicts") && strings.Count(message, "server_test.go:") != 2 {
				t.Errorf("a conflict names both places: got %q", message)
			}
		})
	}
}

func panicOf(f func()) (message string) {
	defer func() {
		if reason := recover(); reason != nil {
			message = fmt.Sprint(reason)
		}
	}()
	f()
	return ""
}

func TestListenAndServeOverTCP(t *testing.T) {
	server := NewServer(Config{Logger: noLog})
	handle(server, "POST /echo", answering(func(r *Request) *Response { return r.Bytes(200, "a/b", r.Body) }))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := server.ListenAndServe(on.Addr().String()); err == nil || errors.Is(err, ErrServerClosed) {
		t.Errorf("a taken address is an error: got %v", err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	client := &http.Client{Transport: &http.Transport{}}
	for _, size := range []int{0, 1, 1 << 10, 1 << 20} {
		content := strings.Repeat("x", size)
		response, err := client.Post("http://"+on.Addr().String()+"/echo", "a/b", strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || string(got) != content {
			t.Errorf("net/http reads back what it sent: %d octets, got %d (%v)", size, len(got), err)
		}
	}
	client.CloseIdleConnections()
	if err := server.Shutdown(context.Background()); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if err := <-served; !errors.Is(err, ErrServerClosed) {
		t.Errorf("Serve says why it ended: %v", err)
	}
}

// A handler that came back while the router stops would never be stopped.
func TestShutdownWhileAHandlerIsToComeBack(t *testing.T) {
	bubble(t, func(k *kit) {
		var spawned atomic.Int32
		k.serve("/counter/", counting(&spawned))
		k.serve("/stop", counting(&spawned))
		k.serve("/slow", actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*actor.Stopping); ok {
				time.Sleep(time.Second)
			}
		}))
		k.peer.send(ask("GET", "/stop"))
		k.peer.want("it stops itself", "HTTP/1.1 200")
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		ended := k.shutdown(ctx)
		k.wait(5 * time.Second)
		wantError(t, "all handlers have stopped after a second", ended, nil)
	})
}

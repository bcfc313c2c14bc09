package actors

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

// halt stops an actor of the server from outside, by its path, as nobody should.
func (k *kit) halt(path string) {
	env := k.server.env
	env.system.Root.Stop(env.system.NewLocalPID(strings.TrimSuffix(serverName+"/"+path, "/")))
	k.wait(0)
}

// wantDead wants no actor of the server to be left.
func (k *kit) wantDead(why string) {
	k.t.Helper()
	k.wait(0)
	if left := k.server.env.living(); len(left) > 0 {
		k.t.Errorf("%s: these actors are left: %q", why, left)
	}
}

// TestAStopOfTheServerAnswersAll covers exchanges that can still be answered; this test covers the others.
func TestAStopOfTheServerEndsTheOthersVisibly(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/stream", answering(func(r *Request) *Response { return r.Stream(200, nil, mute()) }))
		idle, begun, streaming := k.dial(), k.dial(), k.dial()
		begun.send(partialHead)
		streaming.send(ask("GET", "/stream"))
		streaming.wantHead("the stream has begun", "HTTP/1.1 200 OK", "\r\nTransfer-Encoding: chunked\r\n")
		k.halt("")
		streaming.wantClosed("without the last chunk, so that the end is seen (RFC 9112 §8)")
		idle.wantClosed("nothing was asked")
		begun.wantClosed("what is not whole is not answered (RFC 9112 §8)")
		k.wantDead("all have stopped")
		wantError(t, "Serve says why it ended", k.served, ErrServerClosed)
		if k.server.Ready() {
			t.Error("a server that was stopped is not ready")
		}
		wantError(t, "there is nothing left to wait for", k.shutdown(context.Background()), nil)
	})
}

func TestARouterThatIsStoppedIsMadeAnew(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		k.serve("/", saying("hello"))
		k.peer.send(ask("GET", "/clerk/"))
		k.halt("router")
		k.peer.wantNoRetry("its handler stopped with it", "HTTP/1.1 503")
		c.kept = nil
		k.peer.send(get)
		k.peer.want("the connection persists, the route is back", "HTTP/1.1 200", "hello")
		k.peer.send(ask("GET", "/clerk/"))
		k.tell("router//clerk/", c.answer)
		k.peer.want("all routes are", "HTTP/1.1 200", "/clerk/")
		if k.log.count("WARN stopped, and is made anew actor=router") != 1 {
			t.Errorf("that is worth a warning, got %q", k.log.written())
		}
		ended := k.shutdown(context.Background())
		k.wait(drainGrace)
		wantError(t, "it can still be shut down", ended, nil)
		k.wantDead("all have stopped")
	})
}

// A route that pauses, or whose queue is full, begins afresh with a new router.
func TestARouterThatIsMadeAnewForgetsPauses(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props(), MaxQueue(1))
		k.start()
		for range freeRestarts + 5 {
			k.tell("router//clerk/", crashNow)
			k.wait(time.Second)
		}
		k.tell("router//clerk/", crashNow)
		k.peer.send(ask("GET", "/clerk/"))
		k.peer.want("it pauses", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
		k.halt("router")
		k.peer.send(ask("GET", "/clerk/"))
		k.tell("router//clerk/", c.answer)
		k.peer.want("a new handler has done nothing wrong", "HTTP/1.1 200")
		k.wait(time.Second)
		k.peer.send(ask("GET", "/clerk/"))
		k.tell("router//clerk/", c.answer)
		k.peer.want("nor is it restarted for what another did", "HTTP/1.1 200")
		k.wantQueued("nobody waits", 0)
	})
}

func TestAListenerThatIsStoppedIsMadeAnew(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		k.serve("/", saying("hello"))
		waiting := k.dial()
		waiting.send(ask("GET", "/clerk/"))
		for n := range 3 {
			k.halt("listener")
			newcomer := k.dial()
			newcomer.send(get)
			newcomer.want("the socket listens on, and newcomers are accepted", "HTTP/1.1 200", "hello")
			wantPending(t, "Serve goes on", k.served)
			if got := k.log.count("WARN stopped, and is made anew actor=listener"); got != n+1 {
				t.Errorf("that is worth a warning each time, want %d, got %d", n+1, got)
			}
			if n > 0 {
				continue
			}
			waiting.want("its connections stop with it", "HTTP/1.1 503", "\r\nConnection: close\r\n")
			waiting.wantClosed("it was the last")
		}
		ended := k.shutdown(context.Background())
		k.wait(drainGrace)
		wantError(t, "it can still be shut down", ended, nil)
		wantError(t, "Serve says why it ended", k.served, ErrServerClosed)
		k.wantDead("all have stopped")
	})
}

// A name is never reused: an answer to an earlier connection might be on its way.
func TestANewListenerCountsOn(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		k.peer.send(ask("GET", "/clerk/1"))
		k.halt("listener")
		k.peer.want("it stopped", "HTTP/1.1 503")
		newcomer := k.dial()
		newcomer.send(ask("GET", "/clerk/2"))
		k.tell("router//clerk/", c.answer)
		newcomer.wantIdle("the answer to the first is not its answer")
		k.tell("router//clerk/", c.answer)
		newcomer.want("this one is", "HTTP/1.1 200", "/clerk/2")
		if k.log.count("INFO late response dropped", "listener/connection$1 from=router//clerk/") != 1 ||
			k.log.count("INFO exchange actor=listener/connection$2 ") != 1 {
			t.Errorf("want them told apart in the log, got %q", k.log.written())
		}
	})
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

package actors

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// wantCause wants a Context to have ended for that reason.
func wantCause(t *testing.T, why string, ctx context.Context, cause error) {
	t.Helper()
	synctest.Wait()
	select {
	case <-ctx.Done():
	default:
		t.Errorf("%s: want the Context to have ended", why)
	}
	if got := context.Cause(ctx); !errors.Is(got, cause) {
		t.Errorf("%s: want the cause %v, got %v", why, cause, got)
	}
}

// wantAlive wants a Context to go on.
func wantAlive(t *testing.T, why string, ctx context.Context) {
	t.Helper()
	synctest.Wait()
	if ctx.Err() != nil {
		t.Errorf("%s: want the Context to go on, but it has ended: %v", why, context.Cause(ctx))
	}
}

// ask has a client make a request that the clerk keeps, and returns its Context.
func (c *clerk) ask(p *peer) (*Request, context.Context) {
	p.k.t.Helper()
	p.send(ask("GET", "/clerk/"))
	if len(c.kept) == 0 {
		p.k.t.Fatal("want the clerk to have the request")
	}
	r := c.kept[len(c.kept)-1]
	return r, r.Context()
}

func TestAContextEndsWithItsExchange(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		r, ctx := c.ask(k.peer)
		wantAlive(t, "nobody has answered", ctx)
		if r.Context() != ctx {
			t.Error("want the same Context whoever asks")
		}
		k.tell("router//clerk/", c.answer)
		wantCause(t, "it was answered", ctx, ErrExchangeOver)
		if !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("want the error that package context promises, got %v", ctx.Err())
		}
		k.peer.want("the answer", "HTTP/1.1 200")
	})
}

func TestAContextAskedForTooLateIsOver(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		k.peer.send(ask("GET", "/clerk/"))
		r := c.kept[0]
		k.tell("router//clerk/", c.answer)
		wantCause(t, "there is nothing to wait for", r.Context(), ErrExchangeOver)
	})
}

func TestAContextEndsWithTheTimeOfTheHandler(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props(), HandlerTimeout(2*time.Second))
		k.peer.dial()
		k.wait(time.Second)
		begun := time.Now()
		_, ctx := c.ask(k.peer)
		if deadline, ok := ctx.Deadline(); !ok || !deadline.Equal(begun.Add(2*time.Second)) {
			t.Errorf("want the deadline of the handler, %v, got %v, %v", begun.Add(2*time.Second), deadline, ok)
		}
		k.wait(2*time.Second - 1)
		wantAlive(t, "there is time left", ctx)
		k.wait(1)
		wantCause(t, "it is up", ctx, ErrHandlerTimeout)
		if cause := context.Cause(ctx); !errors.Is(cause, context.DeadlineExceeded) {
			t.Errorf("want what others take for a timeout, got %v", cause)
		}
		k.peer.want("at the same instant", "HTTP/1.1 504")
	})
}

func TestAContextWithoutADeadlineSaysSo(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props(), HandlerTimeout(-1))
		_, ctx := c.ask(k.peer)
		if deadline, ok := ctx.Deadline(); ok {
			t.Errorf("want none, got %v", deadline)
		}
		k.tell("router//clerk/", c.answer)
	})
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props(), StreamBody())
		_, ctx := c.ask(k.peer)
		if deadline, ok := ctx.Deadline(); ok {
			t.Errorf("each piece of the content gives the handler new time: want no deadline, got %v", deadline)
		}
		k.tell("router//clerk/", c.answer)
	})
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		r, ctx := c.ask(k.peer)
		k.tell("router//clerk/", func(of actor.Context) { of.Send(r.ReplyTo(), r.Stream(200, nil, mute())) })
		if _, ok := ctx.Deadline(); !ok {
			t.Error("successive calls return the same results: there was a deadline when it was asked for")
		}
		if deadline, ok := r.Context().Deadline(); ok {
			t.Errorf("a stream has all the time there is: want no deadline, got %v", deadline)
		}
		k.wait(time.Hour)
		wantAlive(t, "it streams", ctx)
		k.peer.conn.Close()
		k.tell("listener/connection$1", (*giveWay)(nil)) // nothing else ends it
	})
}

// "A drain tells a stream at once, since it may have no end, and others when half of the time is over."
func TestAContextEndsWhileTheServerDrains(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		waiting, streaming := k.dial(), k.dial()
		streamed, stream := c.ask(streaming)
		k.tell("router//clerk/", func(of actor.Context) { of.Send(streamed.ReplyTo(), streamed.Stream(200, nil, mute())) })
		c.kept = nil
		_, plain := c.ask(waiting)
		wantAlive(t, "nothing drains", stream)
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		ended := k.shutdown(ctx)
		wantCause(t, "a stream may have no end", stream, ErrDraining)
		k.wait(5*time.Second - 1)
		wantAlive(t, "half of the time is not over", plain)
		k.wait(1)
		wantCause(t, "now it is", plain, ErrDraining)
		k.tell("router//clerk/", c.answer)
		waiting.want("it can still be answered", "HTTP/1.1 200", "\r\nConnection: close\r\n")
		waiting.end()
		k.tell("listener/connection$2", (*giveWay)(nil)) // a crash: the source says nothing of its own
		wantError(t, "all is finished", ended, nil)
	})
}

func TestAStreamThatEndsWhenTheServerDrainsIsWhole(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", answering(func(r *Request) *Response {
			return r.Stream(200, nil, actorOf(func(of actor.Context) {
				if demand, ok := of.Message().(*ReadBody); ok {
					connection, root := of.Sender(), of.ActorSystem().Root
					context.AfterFunc(demand.Request().Context(), func() { root.Send(connection, demand.End(nil)) })
				}
			}))
		}))
		k.peer.send(get)
		k.peer.wantHead("the stream has begun", "HTTP/1.1 200 OK")
		k.wait(time.Hour)
		k.peer.wantIdle("nothing happens")
		ended := k.shutdown(context.Background())
		k.peer.wantOctets("its source was told in time", "0\r\n\r\n")
		k.wait(drainGrace - 1)
		k.peer.wantIdle("its head did not say that it was the last: a request may be on its way")
		k.wait(1)
		k.peer.wantClosed("it was the last")
		k.peer.end()
		wantError(t, "a stream without end does not hold up a shutdown", ended, nil)
	})
}

// A half-close does not withdraw the request (RFC 9112 §9.6), but a full close looks the same. So the client is sent
// a 100, which it must understand and may ignore (RFC 9110 §15.2.1).
func TestAClientThatHasEndedItsSideIsProbed(t *testing.T) {
	for _, test := range []struct {
		why, version string
		after        time.Duration
		probes       int
	}{
		{"a quick answer is probe enough", "1.1", probePause - 1, 0},
		{"a slow one is worth the question", "1.1", probePause, 1},
		{"where no poller hears of the reset, the next one fails", "1.1", 2 * probePause, 2},
		{"twice", "1.1", 20 * time.Second, 2},
		{"a client of HTTP/1.0 does not know it", "1.0", 20 * time.Second, 0},
	} {
		t.Run(test.why+" in "+test.version, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := &clerk{}
				k.serve("/clerk/", c.props())
				k.peer.send(fmt.Sprintf("GET /clerk/ HTTP/%s\r\nHost: a\r\n\r\n", test.version))
				k.wait(time.Second)
				k.peer.wantIdle("a client that may say more is not probed")
				ctx := c.kept[0].Context()
				k.peer.end()
				k.wait(test.after)
				for range test.probes {
					if got := k.peer.want(test.why, "HTTP/1.1 100 Continue\r\n"); got != "HTTP/1.1 100 Continue\r\n\r\n" {
						t.Errorf("want nothing else, got %q", got)
					}
				}
				k.peer.wantIdle(test.why)
				wantAlive(t, "whoever has ended its side waits for the answer", ctx)
				k.tell("router//clerk/", c.answer)
				k.peer.want("and gets it", "HTTP/1.1 200", "/clerk/")
				k.peer.wantClosed("it was the last")
			})
		})
	}
}

func TestAProbeDoesNotMoveTheDeadline(t *testing.T) {
	for left, probes := range map[time.Duration]int{
		time.Second: mostProbes, mostProbes*probePause - 1: mostProbes - 1, probePause - 1: 0,
	} {
		bubble(t, func(k *kit) {
			c := &clerk{}
			k.serve("/clerk/", c.props())
			_, ctx := c.ask(k.peer)
			k.wait(30*time.Second - left)
			k.peer.end()
			for range probes {
				k.wait(probePause)
				k.peer.want("the probe", "HTTP/1.1 100")
			}
			k.wait(left - time.Duration(probes)*probePause - 1)
			wantAlive(t, "there is time left", ctx)
			k.wait(1)
			k.peer.want("the time is up when it would have been", "HTTP/1.1 504")
			wantCause(t, "as its Context says", ctx, ErrHandlerTimeout)
		})
	}
}

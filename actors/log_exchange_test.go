package actors

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// An exchange in which the server failed is a warning. Where only warnings are logged, a client cannot fill the log
// with them.
func TestAFailedExchangeIsAWarning(t *testing.T) {
	statuses := map[int]string{200: "INFO", 404: "INFO", 500: "WARN", 501: "INFO", 502: "WARN", 503: "INFO", 504: "WARN", 505: "INFO", 599: "WARN"}
	for status, level := range statuses {
		for _, least := range []slog.Level{slog.LevelInfo, slog.LevelWarn} {
			t.Run(fmt.Sprint(status, " at ", least), func(t *testing.T) {
				bubble(t, func(k *kit) {
					k.log.level = least
					k.serve("/", answering(func(r *Request) *Response { return r.Status(status) }))
					const requests = 20
					for range requests {
						k.peer.send(get)
						k.peer.want("an answer", fmt.Sprint("HTTP/1.1 ", status))
					}
					want := requests
					switch {
					case least == slog.LevelWarn && level == "WARN":
						want = crashesInFull
					case least == slog.LevelWarn:
						want = 0
					}
					if n := k.log.count(level+" exchange actor=", fmt.Sprint(" status=", status)); n != want || k.log.count(" exchange actor=") != want {
						t.Errorf("want %d lines at %s, got %q", want, level, k.log.written())
					}
					k.wait(quietTime + 1)
					if sums := k.log.count("WARN exchange again", fmt.Sprintf("count=%d ", requests-want), fmt.Sprintf("reason=%d /", status)); sums != 1 && want == crashesInFull {
						t.Errorf("want the others summed up, got %q", k.log.written())
					}
				})
			})
		}
	}
}

// The log has a line when a stream begins, and says why it breaks off.
func TestAStreamIsInTheLog(t *testing.T) {
	const about = " exchange=1 id="
	for name, test := range map[string]struct {
		fail func(*testSource)
		why  string
	}{
		"it panics on a demand":  {func(s *testSource) { s.do(func(actor.Context) { panic("no more tape") }) }, errSourceCrashed.Error()},
		"it stops":               {func(s *testSource) { s.do(func(ctx actor.Context) { ctx.Stop(ctx.Self()) }) }, errSourceStopped.Error()},
		"it says so":             {func(s *testSource) { s.c.tell(s.demand("the next").Fail(errors.New("no more tape"))) }, "no more tape"},
		"it panics on a message": {func(s *testSource) { s.c.env.system.Root.Send(s.pid, func(actor.Context) { panic("no more tape") }) }, errSourceCrashed.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := k.connection()
				s := c.streams(get, plain)
				if k.log.count("INFO stream begun actor=listener/connection$1"+about, " method=GET target=/ status=200 peer=") != 1 {
					t.Errorf("want a line while it is open, got %q", k.log.written())
				}
				s.give("the first", "hello")
				test.fail(s)
				k.wait(time.Second)
				if k.log.count("WARN response broken off actor=listener/connection$1"+about, " method=GET target=/ octets=5 peer=", "why="+test.why) != 1 {
					t.Errorf("want a line that says why, got %q", k.log.written())
				}
			})
		})
	}
}

// If the client of a stuck handler has gone, the log still says what the handler does.
func TestAStuckHandlerIsNamedThoughItsClientIsGone(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.MaxQueueWait = time.Second })
		k.serve("/", stuckHere(time.Minute))
		k.peer.send(get)
		k.wait(800 * time.Millisecond)
		k.peer.conn.Close()
		k.wait(time.Second)
		if k.log.count("INFO client gone", "why=the request was queued for 0s, then router// has been running for 1") != 1 {
			t.Errorf("want to know where the request is, got %q", k.log.written())
		}
		next := k.dial()
		next.send(get)
		k.wait(time.Second)
		next.want("it has waited for too long", "HTTP/1.1 503")
		if k.log.count("WARN refusing requests actor=router//", " busy=", "stack=", "stuckHere") != 1 {
			t.Errorf("want to know what it is at, got %q", k.log.written())
		}
		k.wait(time.Minute)
	})
}

// A response with all its content is not logged as a stream, however large it is.
func TestALargeResponseIsNoStreamInTheLog(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", answering(func(r *Request) *Response { return r.Bytes(200, "a/b", make([]byte, 3*turnSize)) }))
		go k.peer.send(get)
		k.wait(time.Second)
		if k.log.count("stream begun") > 0 || k.log.count("INFO exchange") != 1 {
			t.Errorf("got %q", k.log.written())
		}
	})
}

// Messages that reach nobody are counted.
func TestDeadLettersAreSummedUp(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actorOf(func(ctx actor.Context) {
			if r, ok := ctx.Message().(*Request); ok {
				for n := range 1000 {
					ctx.Send(ctx.ActorSystem().NewLocalPID(fmt.Sprint("gone$", n)), "letter")
				}
				ctx.Respond(hello(r))
			}
		}))
		const requests = 20
		for range requests {
			k.peer.send(get)
			k.peer.want("it works", "HTTP/1.1 200")
		}
		if n := k.log.count("INFO dead letter actor=gone$", "message=string"); n != crashesInFull {
			t.Errorf("want %d in full, got %d", crashesInFull, n)
		}
		k.wait(quietTime)
		if k.log.count("INFO dead letter again actor=gone$", fmt.Sprintf("count=%d ", requests*1000-crashesInFull), "reason=string reached nobody") != 1 {
			t.Errorf("want the others counted, got %q", k.log.written())
		}
	})
}

package actors

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/rawhttp"
)

// A stream that begins during the drain is told like earlier ones.
func TestAStreamThatBeginsWhileTheServerDrainsIsTold(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		r, life := c.ask(k.peer)
		ended := k.shutdown(context.Background())
		k.wait(drainGrace)
		wantAlive(t, "an exchange that is not streamed has time", life)
		k.tell("router//clerk/", func(ctx actor.Context) {
			ctx.Send(r.ReplyTo(), r.Stream(200, nil, untilDone(life)))
		})
		k.wait(0)
		wantCause(t, "a stream has not", life, ErrDraining)
		k.peer.want("so it ends well", "HTTP/1.1 200")
		k.peer.end()
		wantError(t, "nothing is left", ended, nil)
	})
}

// untilDone is a source without content that ends when the context does.
func untilDone(life context.Context) *actor.Props {
	return actor.PropsFromFunc(func(ctx actor.Context) {
		if demand, ok := ctx.Message().(*ReadBody); ok {
			consumer, root := ctx.Sender(), ctx.ActorSystem().Root
			context.AfterFunc(life, func() { root.Send(consumer, demand.End(nil)) })
		}
	})
}

// A Context that is asked for late knows what has happened before.
func TestAContextThatIsAskedForLateInADrainHasEnded(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		k.peer.send(ask("GET", "/clerk/"))
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		ended := k.shutdown(ctx)
		k.wait(5*time.Second + 1)
		wantCause(t, "half of the time is over", c.kept[0].Context(), ErrDraining)
		k.tell("router//clerk/", c.answer)
		k.peer.want("there is still an answer", "HTTP/1.1 200")
		k.peer.end()
		wantError(t, "all is finished", ended, nil)
	})
}

// A source may hold a file open. It is stopped even if its response comes too late for anybody.
func TestTheSourceOfALateResponseIsStopped(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		r, _ := c.ask(k.peer)
		var stopped int
		late := r.Stream(200, nil, actor.PropsFromFunc(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*actor.Stopped); ok {
				stopped++
			}
		}))
		k.tell("router//clerk/", c.answer)
		k.peer.want("the first answer is the one", "HTTP/1.1 200")
		k.tell("router//clerk/", func(ctx actor.Context) { ctx.Send(r.ReplyTo(), late) })
		if stopped != 1 {
			t.Errorf("want the source of the second one stopped once, got %d", stopped)
		}
		k.peer.end()
		k.wait(time.Second)
		k.tell("router//clerk/", func(ctx actor.Context) { ctx.Send(r.ReplyTo(), late) })
		if stopped != 2 {
			t.Errorf("want that of one for a connection that has ended stopped as well, got %d", stopped)
		}
	})
}

// Stopping the router during a drain stops the requests of its handlers, not the drain.
func TestARouterThatIsStoppedWhileTheServerDrains(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props())
		k.serve("/", saying("hello"))
		other := k.dial()
		c.ask(k.peer)
		ended := k.shutdown(context.Background())
		k.halt("router")
		k.peer.want("its handler stopped with it", "HTTP/1.1 503")
		k.peer.end()
		other.send(get)
		other.want("the route is back for one on its way", "HTTP/1.1 200")
		other.end()
		k.wait(drainGrace)
		wantError(t, "the drain goes on", ended, nil)
		k.wantDead("all have stopped")
	})
}

// A client in the backlog regards itself as connected, with TLS as well.
func TestTheBacklogOfATLSListenerIsServedInADrain(t *testing.T) {
	certFile, keyFile := writePair(t, t.TempDir(), 1)
	server := NewServer(Config{Logger: noLog})
	server.env.connections.limit, server.env.connections.surplus = 1, 0 // no other one gives way
	handle(server, "/", saying("hello"))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.ServeTLS(on, certFile, keyFile) }()
	dial := func() *tls.Conn {
		client, err := net.Dial("tcp", on.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { client.Close() })
		client.SetDeadline(time.Now().Add(patience))
		return tls.Client(client, &tls.Config{InsecureSkipVerify: true})
	}
	wantAnswer := func(why string, client net.Conn) {
		t.Helper()
		io.WriteString(client, get)
		if response, err := rawhttp.ReadResponse(bufio.NewReader(client), "GET"); err != nil || response.StatusCode() != 200 {
			t.Errorf("%s: want 200, got %v, %v", why, response, err)
		}
	}
	first := dial()
	wantAnswer("the only connection that there may be", first)
	waiting := []net.Conn{dial(), dial(), dial()}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- server.Shutdown(ctx) }()
	for _, client := range waiting {
		wantAnswer("it waited in the backlog", client)
		client.Close()
	}
	first.Close()
	if err := <-ended; err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if err := <-served; !errors.Is(err, ErrServerClosed) {
		t.Errorf("Serve says why it ended: %v", err)
	}
}

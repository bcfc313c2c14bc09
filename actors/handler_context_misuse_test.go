package actors

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// contexts are those of all actors of a test that were ever started.
type contexts struct {
	mu  sync.Mutex
	all []actor.Context
}

// keep is a receiver that keeps its context.
func (c *contexts) keep(next actor.ReceiveFunc) *actor.Props {
	return actorOf(func(ctx actor.Context) {
		if _, ok := ctx.Message().(*actor.Started); ok {
			c.mu.Lock()
			c.all = append(c.all, ctx)
			c.mu.Unlock()
		}
		next(ctx)
	})
}

// any is one of the last contexts: of an actor that lives, as a rule.
func (c *contexts) any() actor.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) == 0 {
		return nil
	}
	last := c.all[max(len(c.all)-8, 0):]
	return last[rand.IntN(len(last))]
}

// misuses are all methods of a context, with wrong arguments. The rare ones leave something behind for a while.
var misuses = map[string]func(ctx actor.Context){
	"Parent": func(ctx actor.Context) { ctx.Parent() }, "Self": func(ctx actor.Context) { ctx.Self() },
	"Actor": func(ctx actor.Context) { ctx.Actor() }, "Logger": func(ctx actor.Context) { ctx.Logger().Info("x") },
	"ReceiveTimeout": func(ctx actor.Context) { ctx.ReceiveTimeout() }, "Children": func(ctx actor.Context) { ctx.Children() },
	"Stash": func(ctx actor.Context) { ctx.Stash() }, "Message": func(ctx actor.Context) { ctx.Message() },
	"MessageHeader": func(ctx actor.Context) { ctx.MessageHeader().Get("x") }, "Sender": func(ctx actor.Context) { ctx.Sender() },
	"Respond text": func(ctx actor.Context) { ctx.Respond("text") }, "Respond nil": func(ctx actor.Context) { ctx.Respond(nil) },
	"Respond a nil": func(ctx actor.Context) { ctx.Respond((*Response)(nil)) },
	"Respond none":  func(ctx actor.Context) { ctx.Respond(&Response{}) },
	"Respond piece": func(ctx actor.Context) { ctx.Respond(&BodyRead{}) },
	"Respond": func(ctx actor.Context) {
		if r, ok := ctx.Message().(*Request); ok {
			ctx.Respond(r.Text(200, "hello"))
		}
	},
	"Respond stray":    func(ctx actor.Context) { ctx.Respond((&Request{}).Text(200, "hello")) },
	"Send":             func(ctx actor.Context) { ctx.Send(ctx.Self(), "text") },
	"Send nil":         func(ctx actor.Context) { ctx.Send(ctx.Self(), nil) },
	"Send to nil":      func(ctx actor.Context) { ctx.Send(nil, "text") },
	"Send nil to nil":  func(ctx actor.Context) { ctx.Send(nil, nil) },
	"Send to sender":   func(ctx actor.Context) { ctx.Send(ctx.Sender(), "text") },
	"Send to a PID":    func(ctx actor.Context) { ctx.Send(&actor.PID{}, "text") },
	"Send a request":   func(ctx actor.Context) { ctx.Send(nil, &Request{}) },
	"Send a carrier":   func(ctx actor.Context) { ctx.Send(nil, (*nilJob)(nil)) },
	"Send an envelope": func(ctx actor.Context) { ctx.Send(ctx.Self(), &actor.MessageEnvelope{}) },
	"Send a Watch":     func(ctx actor.Context) { ctx.Send(&actor.PID{Id: "gone"}, &actor.Watch{}) },
	"Request":          func(ctx actor.Context) { ctx.Request(ctx.Self(), nil) },
	"Request nil":      func(ctx actor.Context) { ctx.Request(nil, nil) },
	"WithSender":       func(ctx actor.Context) { ctx.RequestWithCustomSender(ctx.Self(), "text", nil) },
	"WithSender nil":   func(ctx actor.Context) { ctx.RequestWithCustomSender(nil, nil, nil) },
	"Forward nil":      func(ctx actor.Context) { ctx.Forward(nil) },
	"Forward":          func(ctx actor.Context) { ctx.Forward(&actor.PID{}) },
	"Watch nil":        func(ctx actor.Context) { ctx.Watch(nil) }, "Unwatch nil": func(ctx actor.Context) { ctx.Unwatch(nil) },
	"Watch": func(ctx actor.Context) { ctx.Watch(&actor.PID{Id: "gone"}) }, "Unwatch": func(ctx actor.Context) { ctx.Unwatch(ctx.Self()) },
	"SetReceiveTimeout":    func(ctx actor.Context) { ctx.SetReceiveTimeout(time.Millisecond) },
	"CancelReceiveTimeout": func(ctx actor.Context) { ctx.CancelReceiveTimeout() },
	"ReenterAfter nil":     func(ctx actor.Context) { ctx.ReenterAfter(nil, nil) },
	"Receive nil":          func(ctx actor.Context) { ctx.Receive(nil) },
	"Spawn nil":            func(ctx actor.Context) { ctx.Spawn(nil) }, "SpawnPrefix nil": func(ctx actor.Context) { ctx.SpawnPrefix(nil, "") },
	"SpawnNamed nil": func(ctx actor.Context) { ctx.SpawnNamed(nil, "") },
	"Spawn none":     func(ctx actor.Context) { ctx.Spawn(&actor.Props{}) },
	"Stop nil":       func(ctx actor.Context) { ctx.Stop(nil) }, "Poison nil": func(ctx actor.Context) { ctx.Poison(nil) },
	"Get": func(ctx actor.Context) { ctx.Get(0) }, "Get none": func(ctx actor.Context) { ctx.Get(1 << 20) },
	"Set nil": func(ctx actor.Context) { ctx.Set(nil) },

	"rare: Spawn":             func(ctx actor.Context) { ctx.ActorSystem().Root.Stop(ctx.Spawn(actorOf(func(actor.Context) {}))) },
	"rare: Stop":              func(ctx actor.Context) { ctx.Stop(ctx.Self()) },
	"rare: Poison":            func(ctx actor.Context) { ctx.Poison(ctx.Self()) },
	"rare: StopFuture nil":    func(ctx actor.Context) { ctx.StopFuture(nil).Wait() },
	"rare: PoisonFuture nil":  func(ctx actor.Context) { ctx.PoisonFuture(nil).PipeTo(ctx.Self()) },
	"rare: StopFuture":        func(ctx actor.Context) { ctx.StopFuture(&actor.PID{}) },
	"rare: PoisonFuture":      func(ctx actor.Context) { ctx.PoisonFuture(ctx.Self()) },
	"rare: RequestFuture nil": func(ctx actor.Context) { ctx.RequestFuture(nil, nil, time.Minute).PipeTo(ctx.Sender()) },
	"rare: RequestFuture":     func(ctx actor.Context) { ctx.RequestFuture(ctx.Self(), "text", time.Minute) },
	"rare: ReenterAfter": func(ctx actor.Context) {
		ctx.ReenterAfter(actor.NewFuture(ctx.ActorSystem(), time.Minute), func(any, error) {})
	},
}

// Nothing that another goroutine does with a context ends the process, whatever the actor does meanwhile: it works,
// crashes, is restarted, stops.
func TestNoMisuseOfAContextEndsTheProcess(t *testing.T) {
	t.Parallel()
	lasting := 5 * time.Second
	if testing.Short() {
		lasting = time.Second
	}
	var kept contexts
	child := kept.keep(func(ctx actor.Context) {
		if r, ok := ctx.Message().(*Request); ok {
			ctx.Respond(r.Text(200, "hello"))
		}
	})
	server := NewServer(Config{Logger: noLog, HandlerTimeout: time.Second})
	handle(server, "/{what}", kept.keep(func(ctx actor.Context) {
		switch message := ctx.Message().(type) {
		case *actor.Started:
			ctx.Spawn(child)
		case *Request:
			switch message.Path() {
			case "/crash":
				panic("asked to")
			case "/stop":
				ctx.Stop(ctx.Self())
			case "/child":
				ctx.Forward(ctx.Children()[0])
				return
			}
			ctx.Respond(message.Text(200, "hello"))
		}
	}))
	address := overTCP(t, server, (*Server).Serve)
	var users sync.WaitGroup
	var calls, answers atomic.Int64
	if exchangeOn(address, "/a") == "" {
		t.Fatal("no answer before any misuse")
	}
	until := time.Now().Add(lasting)
	for range 16 {
		users.Go(func() { calls.Add(kept.misuse(until)) })
	}
	for range 4 {
		users.Go(func() {
			for time.Now().Before(until) {
				if exchangeOn(address, []string{"/a", "/b", "/child", "/c", "/crash", "/d", "/stop"}[rand.IntN(7)]) != "" {
					answers.Add(1)
				}
			}
		})
	}
	users.Wait()
	t.Logf("%d calls, %d requests answered", calls.Load(), answers.Load())
	if calls.Load() == 0 || answers.Load() == 0 {
		t.Error("nothing was done, so nothing is proved")
	}
	giveUp := time.Now().Add(2 * patience)
	for status := ""; status != "200"; status = exchangeOn(address, "/a") {
		if time.Now().After(giveUp) {
			t.Fatalf("want the handler to be back, got %q", status)
		}
	}
}

// misuse calls all methods of all contexts until the time is over.
func (c *contexts) misuse(until time.Time) (calls int64) {
	for time.Now().Before(until) {
		for name, call := range misuses {
			if ctx := c.any(); ctx != nil && (!strings.HasPrefix(name, "rare") || rand.IntN(100) == 0) {
				call(ctx)
				calls++
			}
		}
		time.Sleep(time.Millisecond) // the actor is to have a moment for its messages
	}
	return calls
}

// exchange makes a request on a connection of its own, and returns the status of the response; "" if there is none.
func exchangeOn(address, path string) (status string) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return ""
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", path)
	line, _ := bufio.NewReader(conn).ReadString('\n')
	_, status, _ = strings.Cut(strings.TrimSpace(line), " ")
	return status[:min(len(status), 3)]
}

// On the goroutine of the actor, the same misuse at most crashes the actor: its client is told at once, and the actor
// goes on.
func TestMisuseOfAContextByItsActor(t *testing.T) {
	for name, misuse := range misuses {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/{what}", actorOf(func(ctx actor.Context) {
					if r, ok := ctx.Message().(*Request); ok {
						if r.Path() == "/bad" {
							misuse(ctx)
							ctx.Message() // it is there still
						}
						ctx.Respond(r.Text(200, "hello"))
					}
				}))
				k.peer.send(ask("GET", "/bad"))
				k.wait(soon)
				if k.peer.cut() == "" {
					t.Errorf("want an answer at once, got none: %q", k.log.written())
				}
				k.wait(time.Minute)
				good := k.dial()
				good.send(ask("GET", "/good"))
				good.want("the handler is there", "HTTP/1.1 200")
				k.wait(time.Minute)
			})
		})
	}
}

// If another goroutine hands an actor a message, and the actor panics, the process does not end.
func TestAMessageThatAnotherGoroutineHandsOver(t *testing.T) {
	bubble(t, func(k *kit) {
		var kept contexts
		k.serve("/", kept.keep(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case string:
				panic("asked to")
			case *Request:
				ctx.Respond(message.Text(200, "hello"))
			}
		}))
		k.start()
		done := make(chan struct{})
		go func() {
			defer close(done)
			kept.any().Receive(&actor.MessageEnvelope{Message: "text"})
		}()
		<-done
		k.peer.send(get)
		k.peer.want("all goes on", "HTTP/1.1 200")
		if k.log.count("ERROR context misused", "method=Receive", "asked to") != 1 {
			t.Errorf("want it in the log, got %q", k.log.written())
		}
	})
}

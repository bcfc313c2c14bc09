package actors

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A worker has its work done beside it, as the query says.
type worker struct{ done int }

func (w *worker) Receive(ctx actor.Context) {
	request, ok := ctx.Message().(*Request)
	if !ok {
		return
	}
	query := request.Query()
	switch query.Get("now") {
	case "count":
		ctx.Respond(request.Text(200, fmt.Sprint(w.done)))
		return
	case "crash":
		panic("asked to")
	case "stop":
		ctx.Stop(ctx.Self())
		return
	}
	Go(ctx, request, func(ctx context.Context) (string, error) {
		switch query.Get("work") {
		case "panic":
			panic("asked to")
		case "goexit":
			runtime.Goexit()
		case "fail":
			return "", &Problem{Status: 422}
		case "wait":
			<-ctx.Done()
			return "", context.Cause(ctx)
		}
		time.Sleep(time.Second)
		return "worked", nil
	}, func(result string, err error) {
		w.done++
		switch query.Get("then") {
		case "panic":
			panic("asked to")
		case "nothing":
			return
		case "again":
			Go(ctx, request, func(context.Context) (int, error) { return 7, nil }, func(n int, err error) {
				ctx.Respond(request.Text(200, fmt.Sprint(n, err)))
			})
			return
		}
		if err != nil {
			ctx.Respond(request.Fail(err))
			return
		}
		ctx.Respond(request.Text(200, result))
	})
}

func TestWorkBesideAnActor(t *testing.T) {
	for query, want := range map[string]string{
		"":                         "1s 200 worked",
		"work=fail":                "0s 422 ",
		"work=panic":               "0s 500 ",
		"work=goexit":              "0s 500 ",
		"work=panic&then=nothing":  "0s 500 ",
		"work=goexit&then=nothing": "0s 500 ",
		"work=wait":                "5s 504 ",
		"then=panic":               "1s 500 ",
		"then=again":               "1s 200 7 <nil>",
		"then=nothing":             "5s 504 ",
	} {
		bubble(t, func(k *kit) {
			k.configure(func(c *Config) { c.HandlerTimeout = 5 * time.Second })
			k.start()
			k.serve("GET /", One(func() actor.Actor { return &worker{} }))
			began := time.Now()
			got := k.do(NewRequest("GET", "/?"+query, nil))
			if got = time.Since(began).String() + " " + got; !strings.HasPrefix(got, want) {
				t.Errorf("%q: got %q, want %q", query, got, want)
			}
			k.wait(0)
			if got := k.do(NewRequest("GET", "/?now=count", nil)); got != "200 0" && got != "200 1" {
				t.Errorf("%q: afterwards %q", query, got)
			}
			if crashes := k.log.count("ERROR", "asked to") + k.log.count("ERROR", "Goexit"); crashes != strings.Count(query, "panic")+strings.Count(query, "goexit") {
				t.Errorf("%q: %d crashes in the log: %q", query, crashes, k.log.written())
			}
		})
	}
}

// While the work goes on, the actor takes other messages; and it may end.
func TestAnActorGoesOnBesideItsWork(t *testing.T) {
	for now, want := range map[string]string{"count": "200 worked", "crash": "500 ", "stop": "503 "} {
		bubble(t, func(k *kit) {
			k.start()
			k.serve("GET /", One(func() actor.Actor { return &worker{} }))
			answer := make(chan string, 1)
			go func() { answer <- k.do(NewRequest("GET", "/", nil)) }()
			k.wait(time.Second / 2)
			got := k.do(NewRequest("GET", "/?now="+now, nil))
			if now == "count" && got != "200 0" {
				t.Errorf("the actor did not go on: %q", got)
			}
			if got := <-answer; !strings.HasPrefix(got, want) {
				t.Errorf("%s: got %q, want %q", now, got, want)
			}
			k.wait(2 * time.Second)
			if got := k.do(NewRequest("GET", "/?now=count", nil)); now == "crash" && got != "200 0" {
				t.Errorf("the work of a crashed incarnation came back to the next one: %q", got)
			}
			if n := k.log.count("dead letter"); n > 0 {
				t.Errorf("%s: %d dead letters: %q", now, n, k.log.written())
			}
		})
	}
}

// Work that belongs to no request, and misuse.
func TestWorkWithoutARequest(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		worked := make(chan error, 1)
		pid, err := k.server.Spawn("cache", actorOf(func(ctx actor.Context) {
			if message, is := ctx.Message().(string); is {
				Go(ctx, nil, func(ctx context.Context) (int, error) {
					if message == "panic" {
						panic("asked to")
					}
					return 7, ctx.Err()
				}, func(_ int, err error) { worked <- err })
			}
		}))
		if err != nil {
			t.Fatal(err)
		}
		k.server.System().Root.Send(pid, "work")
		if err := <-worked; err != nil {
			t.Error(err)
		}
		k.server.System().Root.Send(pid, "panic")
		if err := <-worked; !errors.Is(err, ErrWorkCrashed) || !strings.Contains(err.Error(), "asked to") {
			t.Error(err)
		}
		k.serve("GET /foreign", One(func() actor.Actor {
			return actor.ReceiveFunc(func(ctx actor.Context) {
				if request, is := ctx.Message().(*Request); is {
					go Go(ctx, request, func(context.Context) (int, error) { return 0, nil }, func(int, error) {})
				}
			})
		}))
		if got := k.do(NewRequest("GET", "/foreign", nil)); !strings.HasPrefix(got, "500 ") {
			t.Error(got)
		}
		if k.log.count("ERROR context misused", "method=Go") != 1 {
			t.Error(k.log.written())
		}
		outside := actor.NewActorSystem()
		defer outside.Shutdown()
		ended := make(chan int)
		outside.Root.Spawn(actor.PropsFromFunc(func(ctx actor.Context) {
			if _, is := ctx.Message().(*actor.Started); is {
				Go(ctx, nil, func(context.Context) (int, error) { return 7, nil }, func(n int, _ error) { ended <- n })
			}
		}))
		if n := <-ended; n != 7 {
			t.Error(n)
		}
	})
}

package actorstest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"testing"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/actorstest"
)

// A scene stands for the *testing.T of a test, which an example does not have.
type scene struct {
	testing.TB
	ends []func()
}

func (s *scene) Helper()                           {}
func (s *scene) Cleanup(f func())                  { s.ends = append(s.ends, f) }
func (s *scene) Output() io.Writer                 { return io.Discard }
func (s *scene) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (s *scene) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func (s *scene) end() {
	for _, f := range s.ends {
		f()
	}
}

// A stall sells, and tells the till.
type stall struct {
	till *actor.PID
	sold int
	live *actors.Topic
}

func (s *stall) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actor.Started:
		s.live = actors.TopicOf(ctx, actors.TopicOptions{})
	case *actors.Request:
		if message.Method() == "GET" {
			ctx.Respond(message.Events(s.live))
			return
		}
		s.sold++
		ctx.Send(s.till, "sold "+actors.Key(ctx))
		s.live.Publish(actors.Event{Data: fmt.Sprint(s.sold, " sold")})
		ctx.Respond(message.JSON(200, map[string]int{"sold": s.sold}).With("Cache-Control", "no-store"))
	}
}

// stalls makes a server with a stall for each item.
func stalls(t testing.TB) (*actorstest.Site, *actorstest.Probe) {
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)}) // in a test: actorstest.Logger(t)
	site := actorstest.Serve(t, server)
	till := site.Probe("till")
	handler := actors.PerKey("item", func() actor.Actor { return &stall{till: till.PID()} }, actors.Named("stalls"))
	server.Handle("GET /{item}", handler)
	server.Handle("POST /{item}", handler)
	return site, till
}

func ExampleServe() {
	t := new(scene) // in a test: t *testing.T
	defer t.end()
	site, _ := stalls(t)

	site.Post("/tea", "text/plain", "").Status(200).Contains("sold").Text(`{"sold":1}`).Field("Cache-Control", "no-store")
	site.PostJSON("/tea", 2).Status(200)
	site.Do(actors.NewRequest("DELETE", "/tea", nil)).Status(405)
	site.Get("/a/b").Status(200) // this check fails, and shows the response
	var got struct{ Sold int }
	site.Post("/tea", "", "").JSON(&got)
	fmt.Println(got.Sold)
	// Output:
	// GET /a/b: status 404, want 200:
	// 404
	// Content-Type: text/html; charset=utf-8
	// Vary: Accept
	// X-Content-Type-Options: nosniff
	//
	// <!DOCTYPE html>
	// <html lang="en">
	// <title>404 - Page Not Found</title>
	// <h1>404 - Page Not Found</h1>
	// <p><a href="/">Home</a></p>
	// </html>
	//
	// 3
}

func ExampleSite_Events() {
	t := new(scene) // in a test: t *testing.T
	defer t.end()
	site, _ := stalls(t)

	events := site.Events("/tea")
	site.Post("/tea", "", "")
	first := events.Next()
	fmt.Println(first.Data)
	events.Close() // the client loses the connection
	site.Post("/tea", "", "")
	back := site.Events("/tea", "Last-Event-ID", first.ID)
	fmt.Println(back.Next().Data)
	fmt.Println(site.Server().Shutdown(context.Background()))
	back.WantEnd()
	// Output:
	// 1 sold
	// 2 sold
	// <nil>
}

func ExampleSite_Probe() {
	t := new(scene) // in a test: t *testing.T
	defer t.end()
	site, till := stalls(t)

	till.Answer(func(message any) any { return "thank you" }) // to those who ask
	site.Post("/tea", "", "")
	fmt.Println(actorstest.Next[string](till))
	// Output: sold tea
}

func ExampleSite_Crash() {
	t := new(scene) // in a test: t *testing.T
	defer t.end()
	site, _ := stalls(t)

	site.Post("/tea", "", "").Text(`{"sold":1}`)
	site.Crash("stalls/tea", func(message any) bool {
		_, is := message.(*actors.Request)
		return is
	})
	site.Post("/tea", "", "").Status(500)
	site.Post("/tea", "", "").Text(`{"sold":1}`) // the state is fresh
	for _, crash := range site.Crashes() {
		fmt.Println(crash.Actor, "crashed:", crash.Reason)
	}
	// Output: router/stalls/tea crashed: injected by a test
}

func ExampleSite_ExpectCrash() {
	t := new(scene) // in a test: t *testing.T
	defer t.end()
	site, _ := stalls(t)
	site.Server().Handle("GET /bug", actors.Func(func(*actors.Request) *actors.Response { panic("no tea") }))

	site.ExpectCrash("no tea") // without it, the test would fail at its end
	fmt.Println(site.Get("/bug").Status(500).Response.Status)
	// Output: 500
}

func ExampleSite_Dial() {
	t := new(scene) // in a test: t *testing.T
	defer t.end()
	site, _ := stalls(t)

	client := site.Dial()
	client.Send("POST /tea HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
	client.Want("it is sold", "200 OK", `{"sold":1}`)
	client.Send("POST /tea HTTP/1.1\r\n\r\n")
	fmt.Println(client.Want("there is no Host", "400 Bad Request").Closes())
	// Output: true
}

func ExampleSite_HTTPClient() {
	t := new(scene) // in a test: t *testing.T
	defer t.end()
	site, _ := stalls(t)

	response, err := site.HTTPClient().Post("http://any.example/tea", "", nil)
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	fmt.Println(string(content), err)
	// Output: {"sold":1} <nil>
}

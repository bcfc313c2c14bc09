package actorstest_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/actorstest"
)

// A room counts its visits, tells them to those who listen, and asks a neighbour.
type room struct {
	visits int
	live   *actors.Topic
	clerk  *actor.PID
}

func (r *room) Receive(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actor.Started:
		r.live = actors.TopicOf(ctx, actors.TopicOptions{})
	case *actors.Request:
		switch message.Query().Get("do") {
		case "listen":
			ctx.Respond(message.Events(r.live, actors.Event{Type: "visits", Data: fmt.Sprint(r.visits)}))
			return
		case "panic":
			panic("asked to")
		case "ask":
			ctx.RequestWithCustomSender(r.clerk, "how many?", ctx.Self())
			ctx.Respond(message.Status(202))
			return
		case "end":
			for _, s := range r.live.Subscribers() {
				s.End()
			}
		}
		r.visits++
		r.live.Publish(actors.Event{Data: fmt.Sprint("visit\n", r.visits)})
		ctx.Respond(message.JSON(200, map[string]any{"room": actors.Key(ctx), "visits": r.visits}).With("X-Room", actors.Key(ctx)))
	}
}

func newSite(t testing.TB, clerk *actor.PID) *actorstest.Site {
	server := actors.NewServer(actors.Config{Logger: actorstest.Logger(t)})
	site := actorstest.Serve(t, server)
	rooms := actors.PerKey("room", func() actor.Actor { return &room{clerk: clerk} }, actors.Named("rooms"))
	server.Handle("GET /rooms/{room}", rooms)
	server.Handle("POST /rooms/{room}", actors.Func(func(r *actors.Request) *actors.Response {
		var sent struct{ Text string }
		if err := r.DecodeJSON(&sent); err != nil {
			return r.Fail(err)
		}
		return r.Text(201, sent.Text+" "+r.Field("X-By"))
	}))
	return site
}

func TestASiteAnswers(t *testing.T) {
	site := newSite(t, nil)
	site.Get("/rooms/red").Status(200).Contains(`"visits":1`).Field("X-Room", "red").Field("content-type", "application/json").Field("X-None", "")
	var got struct{ Visits int }
	site.Get("/rooms/red").JSON(&got)
	if got.Visits != 2 {
		t.Error(got)
	}
	site.PostJSON("/rooms/red", map[string]string{"text": "hello"}, "X-By", "ann").Status(201).Text("hello ann")
	site.Post("/rooms/red", "text/plain", "hello").Status(415)
	site.Get("/rooms/blue").Golden("blue.txt")
	site.Do(actors.NewRequest("DELETE", "/rooms/red", nil)).Status(405)
	if site.Server() == nil {
		t.Error("no server")
	}
	response, err := site.HTTPClient().Get("http://anywhere.example/rooms/red")
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(response.Body); !strings.Contains(string(content), `"visits":3`) || err != nil {
		t.Error(string(content), err)
	}
	c := site.Dial()
	c.Send("GET /rooms/red HTTP/1.1\r\nHost: h\r\n\r\n")
	c.Want("over the wire", "200 OK", `{"room":"red","visits":4}`)
}

func TestASiteOnAFakeClock(t *testing.T) {
	began := time.Now()
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, nil)
		events := site.Events("/rooms/red?do=listen")
		if event := events.Next(); event.Type != "visits" || event.Data != "0" {
			t.Error(event)
		}
		site.Get("/rooms/red")
		first := events.Next()
		if first.Data != "visit\n1" || first.ID == "" {
			t.Error(first)
		}
		site.Get("/rooms/red")
		back := site.Events("/rooms/red?do=listen", "Last-Event-ID", first.ID)
		if event := back.Next(); event.Data != "visit\n2" {
			t.Error(event)
		}
		back.Close()
		time.Sleep(time.Hour) // the room idles out, and forgets
		site.Get("/rooms/red").Contains(`"visits":1`)
		site.Get("/rooms/red?do=end")
		for range 2 {
			events.Next()
		}
		events.WantEnd()
	})
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestCrashesThatAreWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, nil)
		site.Get("/rooms/red")
		site.ExpectCrash("asked to")
		site.Get("/rooms/red?do=panic").Status(500)
		site.Get("/rooms/red").Contains(`"visits":1`)
		visits := 0
		site.Crash("rooms/red", func(message any) bool {
			if _, is := message.(*actors.Request); is {
				visits++
			}
			return visits == 2
		})
		site.Get("/rooms/blue").Status(200)
		site.Get("/rooms/red").Status(200)
		site.Get("/rooms/red").Status(500)
		site.Get("/rooms/red").Status(200).Contains(`"visits":1`)
		synctest.Wait()
		if got := site.Crashes(); len(got) != 2 || got[0].Actor != "router/rooms/red" || got[0].Reason != "asked to" || !strings.Contains(got[0].Stack, "site_test.go") {
			t.Error(got)
		}
	})
}

func TestProbesAreNeighbours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := actors.NewServer(actors.Config{Logger: actorstest.Logger(t)})
		site := actorstest.Serve(t, server)
		clerk := site.Probe("clerk")
		clerk.Answer(func(message any) any { return 7 })
		server.Handle("GET /{room}", actors.PerKey("room", func() actor.Actor { return &room{clerk: clerk.PID()} }))
		site.Get("/red?do=ask").Status(202)
		if got := actorstest.Next[string](clerk); got != "how many?" {
			t.Error(got)
		}
		server.System().Root.Send(clerk.PID(), 1)
		server.System().Root.Send(clerk.PID(), "two")
		if got := actorstest.Next[string](clerk); got != "two" {
			t.Error(got)
		}
	})
}

// A judge is a test that may fail.
type judge struct {
	testing.TB
	failed  []string
	cleanup []func()
}

func (j *judge) Helper()           {}
func (j *judge) Output() io.Writer { return io.Discard }
func (j *judge) Cleanup(f func())  { j.cleanup = append(j.cleanup, f) }
func (j *judge) Errorf(format string, args ...any) {
	j.failed = append(j.failed, fmt.Sprintf(format, args...))
}
func (j *judge) Fatal(args ...any)                 { j.Fatalf("%s", fmt.Sprint(args...)) }
func (j *judge) Fatalf(format string, args ...any) { j.Errorf(format, args...); runtime.Goexit() }

// judged runs a test that ought to fail, and returns how.
func judged(test func(t testing.TB)) []string {
	j := &judge{}
	done := make(chan bool)
	go func() {
		defer close(done)
		test(j)
	}()
	<-done
	for _, f := range slices.Backward(j.cleanup) {
		f()
	}
	return j.failed
}

func TestChecksFail(t *testing.T) {
	for name, test := range map[string]struct {
		do   func(t testing.TB, site *actorstest.Site)
		want string
	}{
		"status":         {func(_ testing.TB, s *actorstest.Site) { s.Get("/rooms/red").Status(404) }, "GET /rooms/red: status 200, want 404:"},
		"contains":       {func(_ testing.TB, s *actorstest.Site) { s.Get("/rooms/red").Contains("green") }, `no "green" in:`},
		"text":           {func(_ testing.TB, s *actorstest.Site) { s.Get("/rooms/red").Text("green") }, `want the content "green"`},
		"field":          {func(_ testing.TB, s *actorstest.Site) { s.Get("/rooms/red").Field("X-Room", "blue") }, `X-Room is "red", want "blue"`},
		"JSON":           {func(_ testing.TB, s *actorstest.Site) { s.Get("/none").JSON(new(int)) }, "invalid character '<'"},
		"unmarshalable":  {func(_ testing.TB, s *actorstest.Site) { s.PostJSON("/rooms/red", func() {}) }, "unsupported type"},
		"golden":         {func(_ testing.TB, s *actorstest.Site) { s.Get("/rooms/red").Golden("blue.txt") }, "it is not as testdata"},
		"no golden":      {func(_ testing.TB, s *actorstest.Site) { s.Get("/rooms/red").Golden("none.txt") }, "ACTORSTEST_UPDATE=1"},
		"fields":         {func(_ testing.TB, s *actorstest.Site) { s.Get("/rooms/red", "X-A") }, "names and values in turn"},
		"wrong request":  {func(_ testing.TB, s *actorstest.Site) { s.Get("no path") }, "GET no path: "},
		"a crash":        {func(_ testing.TB, s *actorstest.Site) { s.Get("/rooms/red?do=panic") }, "router/rooms/red crashed: asked to"},
		"no crash":       {func(_ testing.TB, s *actorstest.Site) { s.ExpectCrash("boom") }, `no actor crashed with "boom"`},
		"another crash":  {func(_ testing.TB, s *actorstest.Site) { s.ExpectCrash("boom"); s.Get("/rooms/red?do=panic") }, "crashed: asked to"},
		"no fault":       {func(_ testing.TB, s *actorstest.Site) { s.Crash("rooms/none", func(any) bool { return true }) }, "no actor crashed"},
		"no events":      {func(_ testing.TB, s *actorstest.Site) { s.Events("/rooms/red") }, "that is no stream of events"},
		"no event":       {func(_ testing.TB, s *actorstest.Site) { e := s.Events("/rooms/red?do=listen"); e.Next(); e.Next() }, "no event: "},
		"no end":         {func(_ testing.TB, s *actorstest.Site) { s.Events("/rooms/red?do=listen").WantEnd() }, "the stream does not end"},
		"no message":     {func(_ testing.TB, s *actorstest.Site) { actorstest.Next[int](s.Probe("p")) }, "the probe p got no int"},
		"a probe's name": {func(_ testing.TB, s *actorstest.Site) { s.Probe("router") }, "the probe router: "},
		"no response": {func(_ testing.TB, s *actorstest.Site) {
			s.Server().Handle("/mute", actors.One(func() actor.Actor { return actor.ReceiveFunc(func(actor.Context) {}) }), actors.HandlerTimeout(-1))
			s.Get("/mute")
		}, "GET /mute: context deadline exceeded"},
	} {
		synctest.Test(t, func(t *testing.T) {
			failed := judged(func(t testing.TB) { test.do(t, newSite(t, nil)) })
			if len(failed) == 0 || !strings.Contains(strings.Join(failed, "\n"), test.want) {
				t.Errorf("%s: %q, want %q", name, failed, test.want)
			}
		})
	}
}

func TestGoldenFilesAreWritten(t *testing.T) {
	t.Setenv("ACTORSTEST_UPDATE", "1")
	t.Chdir(t.TempDir())
	newSite(t, nil).Get("/rooms/red").Golden("deep/red.txt")
	got, err := os.ReadFile(filepath.Join("testdata", "deep", "red.txt"))
	if want := "200\nContent-Type: application/json\nX-Room: red\n\n{\"room\":\"red\",\"visits\":1}"; string(got) != want || err != nil {
		t.Errorf("%q %v", got, err)
	}
}

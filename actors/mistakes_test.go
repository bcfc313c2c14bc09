package actors

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A mistake is found where it is written: the message says where, and what to write instead.
func TestMistakesAreFoundAtOnce(t *testing.T) {
	request := &Request{}
	handle := func(pattern string) func() {
		return func() { NewServer(Config{}).Handle(pattern, oneOf(saying(""))) }
	}
	for name, test := range map[string]struct {
		do   func()
		want []string
	}{
		"no handler":          {func() { NewServer(Config{}).Handle("/a", nil) }, []string{`"/a"`, "use One"}},
		"no producer":         {func() { One(nil) }, []string{"One", "func() actor.Actor"}},
		"no option":           {func() { NewServer(Config{}).Handle("/a", oneOf(saying("")), nil) }, []string{`"/a"`, "option"}},
		"no handler option":   {func() { One(newEmpty, nil) }, []string{"One", "option"}},
		"a spawn function":    {func() { One(newEmpty, Props(actor.WithSpawnFunc(noSpawn))) }, []string{"One", "use Pool"}},
		"an empty pool":       {func() { Pool(0, newEmpty) }, []string{"Pool: 0"}},
		"a key of no name":    {func() { PerKey("{room}", newEmpty) }, []string{`"{room}"`, "write room"}},
		"a key of no pattern": {func() { NewServer(Config{}).Handle("/a/{b}", PerKey("c", newEmpty)) }, []string{`"/a/{b}"`, "{c}", "PerKey"}},
		"a bound for One":     {func() { One(newEmpty, MaxActors(2)) }, []string{"MaxActors", "One"}},
		"a bound of 0":        {func() { PerKey("c", newEmpty, MaxActors(0)) }, []string{"MaxActors is 0"}},
		"an idle One":         {func() { One(newEmpty, IdleAfter(time.Second)) }, []string{"IdleAfter", "One"}},
		"a handler by hand":   {func() { NewServer(Config{}).Handle("/a", &Handler{}) }, []string{`"/a"`, "by hand", "use One"}},
		"a server by hand":    {func() { new(Server).Handle("/a", oneOf(saying(""))) }, []string{"Handle", "NewServer"}},
		"one that serves":     {func() { new(Server).Serve(newPipeListener()) }, []string{"Serve", "NewServer"}},
		"one that is called":  {func() { new(Server).Do(context.Background(), NewRequest("GET", "/", nil)) }, []string{"Do", "NewServer"}},
		"no context":          {func() { NewServer(Config{}).Do(context.Context(nil), NewRequest("GET", "/", nil)) }, []string{"Do", "context"}},
		"a group by hand":     {func() { new(Group).Handle("/a", oneOf(saying(""))) }, []string{"Handle", "NewGroup"}},
		"one that is mounted": {func() { NewServer(Config{}).Mount("/a", new(Group)) }, []string{"Mount", "NewGroup"}},
		"a part of a group":   {func() { NewServer(Config{}).Mount("/a", NewGroup().Group("/b")) }, []string{"Mount", "part of another"}},
		"a group of a server": {func() { s := NewServer(Config{}); s.Mount("/a", s.Group("/b")) }, []string{"Mount", "server"}},
		"no name":             {func() { One(newEmpty, Named("")) }, []string{"Named"}},
		"two of one name":     {twoOfOneName, []string{`"/b"`, `"clerk"`}},
		"no function":         {func() { Func(nil) }, []string{"Func"}},
		"no source":           {func() { request.Stream(200, nil, nil) }, []string{"Stream", "no props"}},
		"an empty source":     {func() { request.Stream(200, nil, &actor.Props{}) }, []string{"Stream", "no producer"}},
		"connections below 0": {func() { NewServer(Config{MaxConnections: -1}) }, []string{"Config.MaxConnections is -1"}},
		"a delay below 0":     {func() { NewServer(Config{DrainDelay: -time.Second}) }, []string{"Config.DrainDelay"}},
		"a line below 0":      {func() { NewServer(Config{Limits: Limits{RequestLine: -1}}) }, []string{"Config.Limits.RequestLine is -1"}},
		"a section below 0":   {func() { NewServer(Config{Limits: Limits{FieldSection: -1}}) }, []string{"Config.Limits.FieldSection"}},
		"lines below 0":       {func() { NewServer(Config{Limits: Limits{FieldLines: -1}}) }, []string{"Config.Limits.FieldLines"}},
		"no network":          {func() { NewServer(Config{Proxies: make([]netip.Prefix, 1)}) }, []string{"Config.Proxies", "netip"}},
		"a colon":             {handle("/a/:id"), []string{`"/a/:id"`, "write {id}"}},
		"an asterisk":         {handle("/a/*"), []string{`"/a/*"`, "write {name...}"}},
		"a named asterisk":    {handle("/a/*path"), []string{"write {path...}"}},
		"angle brackets":      {handle("/a/<id>"), []string{"write {id}"}},
		"an expression":       {handle("/a/{id:[0-9]+}"), []string{"no regular expressions"}},
		"brackets":            {handle("/a/[id]"), []string{"write {id}"}},
		"two methods":         {handle("GET|POST /x"), []string{"call Handle for each"}},
		"two with a comma":    {handle("GET,POST /x"), []string{"call Handle for each"}},
		"any method":          {handle("ANY /x"), []string{"leave it out for all methods"}},
		"an asterisk for all": {handle("* /x"), []string{"leave it out for all methods"}},
		"a query":             {handle("/a?b=c"), []string{"Request.Query"}},
		"a fragment":          {handle("/a#b"), []string{"fragment"}},
		"small letters":       {handle("get /x"), []string{`write "GET /x"`}},
		"mixed letters":       {handle("Post  /x"), []string{`write "POST /x"`}},
	} {
		t.Run(name, func(t *testing.T) {
			message := panicOf(test.do)
			if !strings.HasPrefix(message, "actors: ") || strings.Count(message, "mistakes_test.go:") != 1 {
				t.Errorf("want it to say where the mistake is, got %q", message)
			}
			for _, text := range test.want {
				if !strings.Contains(message, text) {
					t.Errorf("want %q in %q", text, message)
				}
			}
		})
	}
	for _, literal := range []string{"/%3Aid", "/a:b", "/%2A", "/a*b", "/%3Cid>", "/a%3Fb", "BREW /x", "brew /x"} {
		if message := panicOf(handle(literal)); message != "" {
			t.Errorf("%q can be meant, got %q", literal, message)
		}
	}
}

func newEmpty() actor.Actor { return &function{} }

func noSpawn(*actor.ActorSystem, string, *actor.Props, actor.SpawnerContext) (*actor.PID, error) {
	return nil, errEnding
}

func twoOfOneName() {
	server := NewServer(Config{})
	server.Handle("/a", One(newEmpty, Named("clerk")))
	server.Handle("/b", One(newEmpty, Named("clerk")))
}

func TestAnAddressHasToBeGiven(t *testing.T) {
	for _, address := range []string{"", ":", "127.0.0.1:", "localhost", "[::1]", "unix:"} {
		server := NewServer(Config{})
		if err := server.ListenAndServe(address); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", address)) {
			t.Errorf("%q: want an error that names it, got %v", address, err)
		}
		if err := server.ListenAndServeTLS(address, "no.pem", "no.pem"); err == nil || !strings.Contains(err.Error(), "no address") {
			t.Errorf("%q: want an error with TLS as well, got %v", address, err)
		}
	}
	for _, on := range []net.Listener{nil, (*net.TCPListener)(nil)} {
		server := NewServer(Config{})
		if err := server.Serve(on); !errors.Is(err, errNoListener) {
			t.Errorf("want no listener refused, got %v", err)
		}
		if err := server.ServeTLS(on, "no.pem", "no.pem"); !errors.Is(err, errNoListener) {
			t.Errorf("want no listener refused with TLS, got %v", err)
		}
	}
}

// A mistake that shows only when the actor is made is logged with the route; its clients get a 503, and other routes
// serve.
func TestAProducerThatMakesNothing(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/nil", actor.PropsFromProducer(func() actor.Actor { return nil }))
		k.serve("/function", actor.PropsFromFunc(nil))
		k.serve("/producer", actor.PropsFromProducer(nil))
		k.serve("/panic", actor.PropsFromProducer(func() actor.Actor { panic("no database") }))
		k.serve("/", saying("hello"))
		for _, path := range []string{"/nil", "/function", "/producer", "/panic"} {
			k.peer.send(ask("GET", path))
			k.peer.want("there is no handler", "HTTP/1.1 503")
		}
		k.peer.send(get)
		k.peer.want("others are there", "HTTP/1.1 200")
		if k.log.count("ERROR crashed", "route=/nil", "the producer returned nil: it has to return a new actor") == 0 {
			t.Errorf("want to know what to write, got %q", k.log.written())
		}
		for path, line := range map[string]string{
			"/function": "the producer returned nil", "/producer": "the producer is nil: give actor.PropsFromProducer a function",
			"/panic": "reason=no database decision=spawn again pause=10ms stack=github.com/troupe-go/troupe/actors.TestAProducerThatMakesNothing",
		} {
			if k.log.count("ERROR crashed", "route="+path+" ", line) == 0 {
				t.Errorf("%s: want %q, got %q", path, line, k.log.written())
			}
		}
		k.wait(3 * quietTime)
		if n := k.log.count("ERROR crashed actor=router route=/nil"); n != crashesInFull || k.log.count("ERROR crashed again", "/nil: the producer") == 0 {
			t.Errorf("want the others counted, got %d lines", n)
		}
	})
}

// keeps is an actor with state that is no lock's.
type keeps struct{ number map[string]int }

func (h *keeps) Receive(ctx actor.Context) {
	if r, ok := ctx.Message().(*Request); ok {
		h.number[r.Path()]++
		ctx.Respond(hello(r))
	}
}

func TestTwoRoutesNeverShareAnActor(t *testing.T) {
	bubble(t, func(k *kit) {
		one := &keeps{make(map[string]int)}
		shared := actor.PropsFromProducer(func() actor.Actor { return one })
		k.serve("/a", shared)
		k.serve("/b", shared)
		own := actor.PropsFromProducer(func() actor.Actor { return &keeps{make(map[string]int)} })
		k.serve("/c", own)
		k.serve("/d", own)
		empty := actor.PropsFromProducer(func() actor.Actor { return &stateless{} })
		k.serve("/e", empty)
		k.serve("/f", empty)
		statuses := map[string]string{}
		for _, path := range []string{"/a", "/b", "/c", "/d", "/e", "/f"} {
			k.peer.send(ask("GET", path))
			statuses[path] = k.peer.want("an answer", "HTTP/1.1 ")[len("HTTP/1.1 "):][:3]
		}
		first := []string{statuses["/a"], statuses["/b"]} // whichever comes first has it
		slices.Sort(first)
		if !slices.Equal(first, []string{"200", "503"}) || statuses["/c"]+statuses["/d"]+statuses["/e"]+statuses["/f"] != "200200200200" {
			t.Errorf("want one of the two that share refused, got %v", statuses)
		}
		if k.log.count("ERROR crashed", `"/a" (at `, `"/b" (at `, "kit_test.go:", "return a new one each time") == 0 {
			t.Errorf("want both places named, got %q", k.log.written())
		}
	})
}

// stateless has nothing to share: two of them may have the same address.
type stateless struct{}

func (*stateless) Receive(ctx actor.Context) {
	if r, ok := ctx.Message().(*Request); ok {
		ctx.Respond(hello(r))
	}
}

// A request for an actor of another system reaches nobody, and the log says so.
func TestARequestForAnotherSystem(t *testing.T) {
	for name, send := range map[string]func(ctx actor.Context, to *actor.PID){
		"Forward": func(ctx actor.Context, to *actor.PID) { ctx.Forward(to) },
		"Request": func(ctx actor.Context, to *actor.PID) { ctx.Request(to, ctx.Message()) },
		"Send":    func(ctx actor.Context, to *actor.PID) { ctx.Send(to, &task{ctx.Message().(*Request)}) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				other := NewServer(Config{Logger: k.config.Logger}).env.newSystem()
				defer other.Shutdown()
				clerk, _ := other.Root.SpawnNamed(saying("hello"), "clerk")
				other.Root.Send(clerk, "so that the PID has its process at hand")
				k.serve("/", actorOf(func(ctx actor.Context) {
					if _, ok := ctx.Message().(*Request); ok {
						send(ctx, clerk)
					}
				}))
				k.peer.send(get)
				k.peer.want("at once", "HTTP/1.1 503", "an actor that is not there")
				if k.log.count("WARN dead letter actor=clerk", " exchange=1 id=", "another ActorSystem", "ctx.Spawn") != 1 {
					t.Errorf("want to know what is wrong, got %q", k.log.written())
				}
			})
		})
	}
}

// Props with their own spawn function, such as groups of package router, have no producer. For a source that is not a
// mistake.
func TestPropsWithASpawnerAreNoMistake(t *testing.T) {
	props := (&actor.Props{}).Configure(actor.WithSpawnFunc(noSpawn))
	if message := panicOf(func() { (&Request{}).Stream(200, nil, props) }); message != "" {
		t.Errorf("got %q", message)
	}
}

// A producer that always returns the same actor is found by every placement that has several of them.
func TestOneActorInSeveralPlaces(t *testing.T) {
	for name, handler := range map[string]func(actor.Producer) *Handler{
		"Pool":   func(p actor.Producer) *Handler { return Pool(2, p) },
		"PerKey": func(p actor.Producer) *Handler { return PerKey("key", p) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				var l lives
				one := l.produce()
				k.serve("/{key}", handler(func() actor.Actor { return one }))
				k.peer.send(ask("GET", "/a") + ask("GET", "/b"))
				k.wait(soon)
				if k.log.count("ERROR crashed", "return a new one each time") == 0 {
					t.Errorf("want it found, got %q", k.log.written())
				}
			})
		})
	}
}

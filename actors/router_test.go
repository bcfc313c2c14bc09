package actors

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// answering is a handler that answers each request with what the function says.
func answering(answer func(*Request) *Response) *actor.Props {
	return actor.PropsFromFunc(func(ctx actor.Context) {
		if request, ok := ctx.Message().(*Request); ok {
			ctx.Respond(answer(request))
		}
	})
}

// saying is a handler that answers with the text.
func saying(text string) *actor.Props {
	return answering(func(r *Request) *Response { return r.Text(200, text) })
}

// ask is a request without content.
func ask(method, target string) string {
	return method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"
}

func TestTheRouterBindsWhatThePatternMatched(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("GET /rooms/{room}/seats/{seat...}", answering(func(r *Request) *Response {
			return r.Text(200, fmt.Sprintf("%s|%s|%s|%s", r.Pattern(), r.Param("room"), r.Param("seat"), r.Param("none")))
		}))
		k.peer.send(ask("GET", "/rooms/red%20one%2F1/seats/a/b%20c?q"))
		k.peer.want("segments are decoded once, each for itself", "HTTP/1.1 200",
			"\r\n\r\nGET /rooms/{room}/seats/{seat...}|red one/1|a/b c|")
	})
}

func TestTheRouterAnswersWhereNoHandlerCan(t *testing.T) {
	tests := []struct {
		name, request, begin string
		contains             []string
		closes               bool
	}{
		{"no such resource (RFC 9110 §15.5.5)", ask("GET", "/none"), "HTTP/1.1 404 Not Found\r\n",
			[]string{"text/html; charset=utf-8", "<h1>404 - Page Not Found</h1>"}, false},
		{"no such method, and which there are (RFC 9110 §15.5.6)", ask("POST", "/both"), "HTTP/1.1 405 Method Not Allowed\r\n",
			[]string{"\r\nAllow: DELETE, GET, HEAD, OPTIONS\r\n"}, false},
		{"methods are case-sensitive (RFC 9110 §9.1)", ask("get", "/both"), "HTTP/1.1 501", nil, false},
		{"which methods there are (RFC 9110 §9.3.7)", ask("OPTIONS", "/both"), "HTTP/1.1 204", []string{"\r\nAllow: DELETE, GET, HEAD, OPTIONS\r\n"}, false},
		{"credentials are not sent back (RFC 9110 §9.3.8)", ask("TRACE", "/both"), "HTTP/1.1 501", nil, false},
		{"GET serves HEAD (RFC 9110 §9.3.2)", ask("HEAD", "/both"), "HTTP/1.1 200 OK\r\n", []string{"\r\nContent-Length: 4\r\n"}, false},
		{"DELETE does not serve HEAD", ask("HEAD", "/delete"), "HTTP/1.1 405", []string{"\r\nAllow: DELETE, OPTIONS\r\n"}, false},
		{"about the server itself (RFC 9110 §9.3.7)", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 No Content\r\n", nil, false},
		{"only a proxy connects (RFC 9110 §9.3.6)", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", "HTTP/1.1 501 Not Implemented\r\n",
			[]string{"\r\nConnection: close\r\n"}, true},
		{"the subtree is elsewhere (RFC 9110 §15.4.9)", ask("GET", "/tree?a=b&c"), "HTTP/1.1 308 Permanent Redirect\r\n",
			[]string{"\r\nLocation: /tree/?a=b&c\r\n"}, false},
		{"without a query", ask("GET", "/tree"), "HTTP/1.1 308", []string{"\r\nLocation: /tree/\r\n"}, false},
		{"the absolute form names the same resource (RFC 9112 §3.2.2)", ask("GET", "http://a/both"), "HTTP/1.1 200", []string{"both"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("GET /both", saying("both"))
				k.serve("DELETE /both", saying("gone"))
				k.serve("DELETE /delete", saying("gone"))
				k.serve("/tree/", saying("tree"))
				k.peer.send(test.request)
				k.peer.headOnly = strings.HasPrefix(test.request, "HEAD")
				k.peer.want(test.name, test.begin, test.contains...)
				if test.closes {
					k.peer.wantClosed(test.name)
				} else {
					k.peer.wantIdle("it is no error of the framing")
				}
			})
		})
	}
}

func TestARouteGetsTheWholeContent(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("POST /echo", answering(func(r *Request) *Response { return r.Bytes(200, r.Field("content-type"), r.Body) }))
		content := strings.Repeat("octets ", 10000)
		k.peer.send(fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: %d\r\n\r\n", len(content)))
		k.peer.wantIdle("the content is not here")
		k.peer.send(content)
		k.peer.want("all of it came back", "HTTP/1.1 200", "\r\nContent-Type: a/b\r\n", "\r\n\r\n"+content)
		k.peer.send("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
		k.peer.want("no route wants it, so it is not waited for", "HTTP/1.1 404")
		k.peer.send("hello" + ask("GET", "/"))
		k.peer.want("it was passed over", "HTTP/1.1 404")
	})
}

// A counter counts the requests of its life and crashes on some paths.
type counter struct {
	hits    int
	spawned *atomic.Int32
}

func counting(spawned *atomic.Int32) *actor.Props {
	return actor.PropsFromProducer(func() actor.Actor { spawned.Add(1); return &counter{spawned: spawned} })
}

func (c *counter) Receive(ctx actor.Context) {
	request, ok := ctx.Message().(*Request)
	if !ok {
		return
	}
	switch request.Path() {
	case "/crash":
		panic("asked to")
	case "/stop":
		ctx.Stop(ctx.Self())
		ctx.Respond(request.Text(200, "stopping"))
		return
	case "/slow":
		time.Sleep(time.Second)
	}
	c.hits++
	ctx.Respond(request.Text(200, fmt.Sprintf("hit %d", c.hits)))
}

func TestAHandlerThatPanicsIs500AtOnce(t *testing.T) {
	bubble(t, func(k *kit) {
		var spawned atomic.Int32
		k.serve("/", counting(&spawned))
		k.peer.send(ask("GET", "/a") + ask("GET", "/b"))
		k.peer.want("state", "HTTP/1.1 200", "hit 1")
		k.peer.want("state is kept from request to request", "HTTP/1.1 200", "hit 2")
		begun := time.Now()
		k.peer.send(ask("GET", "/crash"))
		k.peer.want("the handler failed", "HTTP/1.1 500 Internal Server Error")
		if took := time.Since(begun); took != 0 {
			t.Errorf("the client is told at once, never by a timeout: took %v", took)
		}
		k.peer.send(ask("GET", "/a"))
		k.peer.want("the connection persists, the handler is back with fresh state", "HTTP/1.1 200", "hit 1")
		if n := spawned.Load(); n != 2 {
			t.Errorf("want two incarnations, got %d", n)
		}
		if k.log.count("ERROR crashed", "actor=router/", "reason=asked to", "decision=restart", "router_test.go:") != 1 {
			t.Errorf("want the crash with its reason and stack in the log, got %q", k.log.written())
		}
	})
}

func TestRequestsBehindACrashAreServed(t *testing.T) {
	bubble(t, func(k *kit) {
		var spawned atomic.Int32
		k.serve("/", counting(&spawned))
		first, second, third := k.dial(), k.dial(), k.dial()
		first.send(ask("GET", "/slow"))
		second.send(ask("GET", "/crash"))
		third.send(ask("GET", "/behind"))
		third.wantIdle("one message at a time")
		k.wait(time.Second)
		first.want("it was slow", "HTTP/1.1 200", "hit 1")
		second.want("it crashed", "HTTP/1.1 500")
		third.want("the next incarnation serves what was queued", "HTTP/1.1 200", "hit 1")
	})
}

func TestAHealthyHandlerBesideACrashingOne(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		var spawned, healthy atomic.Int32
		k.serve("/crash", counting(&spawned))
		k.serve("/health", counting(&healthy))
		for i := range 30 {
			k.peer.send(ask("GET", "/crash"))
			k.wait(longestPause)
			k.peer.want("it fails", "HTTP/1.1 500")
			k.peer.send(ask("GET", "/health"))
			k.peer.want("its neighbour does not hear of it", "HTTP/1.1 200", fmt.Sprintf("hit %d", i+1))
		}
	})
}

func TestAHandlerThatPanicsInStarted(t *testing.T) {
	bubble(t, func(k *kit) {
		var attempts atomic.Int32
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Started:
				if attempts.Add(1) <= freeRestarts+3 {
					panic("not ready")
				}
			case *Request:
				ctx.Respond(message.Text(200, "ready"))
			}
		}))
		k.peer.send(ask("GET", "/"))
		k.peer.want("the first attempts failed, and nobody waits for the next", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n")
		k.wait(firstPause + 2*firstPause + 4*firstPause)
		k.peer.send(ask("GET", "/"))
		k.peer.want("it became ready", "HTTP/1.1 200", "ready")
	})
}

func TestAProducerThatPanics(t *testing.T) {
	bubble(t, func(k *kit) {
		var attempts atomic.Int32
		k.serve("GET /", actor.PropsFromProducer(func() actor.Actor {
			if attempts.Add(1) <= 2 {
				panic("no database")
			}
			return &counter{}
		}))
		k.serve("GET /other", saying("well"))
		k.peer.send(ask("GET", "/"))
		k.peer.want("there is no handler yet", "HTTP/1.1 503 Service Unavailable", "\r\nRetry-After: 1\r\n")
		k.peer.send(ask("GET", "/other"))
		k.peer.want("the other routes do not hear of it", "HTTP/1.1 200", "well")
		k.wait(firstPause)
		k.peer.send(ask("GET", "/"))
		k.peer.want("the second attempt failed, too", "HTTP/1.1 503")
		k.wait(firstPause)
		k.peer.send(ask("GET", "/"))
		k.peer.want("the third did not", "HTTP/1.1 200", "hit 1")
		if k.log.count("ERROR crashed", "actor=router", "no database", "stack=") != 2 {
			t.Errorf("want both failures in the log, got %q", k.log.written())
		}
	})
}

func TestAProducerThatPanicsAtRestart(t *testing.T) {
	bubble(t, func(k *kit) {
		var attempts atomic.Int32
		k.serve("/", actor.PropsFromProducer(func() actor.Actor {
			if n := attempts.Add(1); n == 2 || n == 3 {
				panic("no database")
			}
			return &counter{}
		}))
		k.peer.send(ask("GET", "/crash") + ask("GET", "/a"))
		k.peer.want("it crashed", "HTTP/1.1 500")
		k.wait(time.Second)
		k.peer.want("it comes back, and serves what was queued", "HTTP/1.1 200", "hit 1")
	})
}

func TestAHandlerThatStopsItself(t *testing.T) {
	bubble(t, func(k *kit) {
		var spawned atomic.Int32
		k.serve("/", counting(&spawned))
		peers := []*peer{k.dial(), k.dial(), k.dial(), k.dial()}
		peers[0].send(ask("GET", "/slow"))
		peers[1].send(ask("GET", "/stop"))
		peers[2].send(ask("GET", "/a"))
		peers[3].send(ask("GET", "/b"))
		k.wait(time.Second)
		peers[0].want("it was before the stop", "HTTP/1.1 200", "hit 1")
		peers[1].want("its answer was on its way", "HTTP/1.1 200", "stopping")
		peers[2].want("every accepted request ends in one response, at once", "HTTP/1.1 503 Service Unavailable")
		peers[3].want("every accepted request ends in one response, at once", "HTTP/1.1 503 Service Unavailable")
		k.wait(firstPause)
		peers[2].send(ask("GET", "/a"))
		peers[2].want("the route came back, the connection persists", "HTTP/1.1 200", "hit 1")
		if k.log.count("INFO handler stopped", "actor=router") != 1 {
			t.Errorf("want the stop in the log, got %q", k.log.written())
		}
	})
}

func TestSuccessMakesThePauseShortAgain(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.IdleTimeout = -1 })
		var attempts, spawned atomic.Int32
		k.serve("/", actor.PropsFromProducer(func() actor.Actor {
			if attempts.Add(1) <= freeRestarts+5 {
				panic("no database")
			}
			return &counter{spawned: &spawned}
		}))
		k.start()
		k.wait(time.Minute)
		k.peer.send(ask("GET", "/stop"))
		k.peer.want("it came at last", "HTTP/1.1 200")
		k.wait(firstPause)
		k.peer.send(get)
		k.peer.want("the failures before it lived are forgotten", "HTTP/1.1 200", "hit 1")
	})
}

func TestAHandlerThatAnswersNothing(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", actor.PropsFromFunc(func(actor.Context) {}))
		k.peer.send(ask("GET", "/"))
		k.wait(30*time.Second - 1)
		k.peer.wantIdle("it may take its time")
		k.wait(1)
		k.peer.want("it took too long", "HTTP/1.1 504")
		k.peer.wantClosed("its answer could still come")
	})
}

func TestAHandlerMayAnswerLater(t *testing.T) {
	bubble(t, func(k *kit) {
		var kept []*Request
		var senders []*actor.PID
		k.serve("/", actor.PropsFromFunc(func(ctx actor.Context) {
			if request, ok := ctx.Message().(*Request); ok {
				if kept, senders = append(kept, request), append(senders, ctx.Sender()); len(kept) == 2 {
					for i := range kept {
						ctx.Send(senders[1-i], kept[1-i].Text(200, kept[1-i].Path()))
					}
				}
			}
		}))
		first, second := k.dial(), k.dial()
		first.send(ask("GET", "/1"))
		first.wantIdle("it waits for the other")
		second.send(ask("GET", "/2"))
		first.want("each gets its own", "HTTP/1.1 200", "\r\n\r\n/1")
		second.want("each gets its own", "HTTP/1.1 200", "\r\n\r\n/2")
	})
}

func TestARouterThatPanicsIsResumed(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		parent := k.probe(env, "server", &strategy{env: env})
		client := k.probe(env, "client", nil)
		added := &route{pattern: parsed("GET /")}
		added.handler = env.newHandler(oneOf(saying("hello")), added)
		env.routes().add(added)
		var router *actor.PID
		parent.do(func(ctx actor.Context) { router, _ = ctx.SpawnNamed(newRouterProps(env), "router") })
		handler := env.seat(0).pid
		broken := &Request{exchange: 7, complete: true}
		broken.route = &route{} // without a handler there is nobody to ask
		env.system.Root.RequestWithCustomSender(router, broken, client.pid)
		crashed := want[*handlerCrashed](client, "whoever waits for the failed request is told")
		if crashed.exchange != 7 {
			t.Errorf("want the exchange 7, got %d", crashed.exchange)
		}
		if _, alive := env.system.ProcessRegistry.GetLocal(handler.Id); !alive || env.seat(0).pid != handler {
			t.Error("the handlers of a resumed router live on")
		}
		if k.log.count("ERROR crashed", "actor=router", "decision=resume") != 1 {
			t.Errorf("want the crash in the log, got %q", k.log.written())
		}
	})
}

// As in net/http.ServeMux: "/tree" is redirected to the subtree "/tree/", unless there is a pattern
// for "/tree" itself; a catch-all is none.
func TestTheSubtreeIsElsewhereBesideACatchAll(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("root"))
		k.serve("/tree/", saying("tree"))
		k.peer.send(ask("GET", "/tree"))
		k.peer.want("the root does not take the name of the subtree", "HTTP/1.1 308", "\r\nLocation: /tree/\r\n")
	})
}

// As in net/http.ServeMux, which has a path cleaned first: slashes in a row are one, where that leads somewhere.
func TestWhatIsElsewhere(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("GET /files/{rest...}", answering(func(r *Request) *Response { return r.Text(200, r.Param("rest")) }))
		k.serve("POST /a/b", saying("b"))
		for path, location := range map[string]string{
			"/files": "/files/", "/files?a=b": "/files/?a=b", "//files": "/files", "//files/x": "/files/x", "///files//x/?a": "/files/x/?a",
			"//a///b": "/a/b", "//a": "", "//": "", "/nowhere//x": "", `//files/\x`: "/files/%5Cx",
		} {
			k.peer.send(ask("GET", path))
			if location == "" {
				k.peer.want(path, "HTTP/1.1 404")
			} else {
				k.peer.want(path, "HTTP/1.1 308", "\r\nLocation: "+location+"\r\n")
			}
		}
		k.peer.send(ask("GET", "/files//x"))
		k.peer.want("a rest has what was sent", "HTTP/1.1 200", "\r\n\r\n/x")
	})
}

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

func TestAProblemTakesTheFormThatTheClientPrefers(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		k.serve("GET /", Func(func(r *Request) *Response {
			return r.Problem(&Problem{Status: 409, Type: "https://example.com/taken", Title: "Taken <now>", Detail: "By \"you\" \x1b[31m.",
				Instance: "/7", More: map[string]any{"seats": []int{1, 2}, "status": "no"}})
		}))
		k.serve("GET /odd", Func(func(r *Request) *Response {
			return r.Problem(&Problem{Status: 200, More: map[string]any{"f": func() {}}})
		}))
		const (
			text = "409 Taken <now>\n\nBy \"you\" \uFFFD[31m.\n"
			json = `{"detail":"By \"you\" \u001b[31m.","instance":"/7","seats":[1,2],"status":409,"title":"Taken \u003cnow\u003e","type":"https://example.com/taken"}`
			page = "<h1>409 - Taken &lt;now&gt;</h1>\n<p>By &#34;you&#34; \uFFFD[31m.</p>"
		)
		for accept, want := range map[string]string{
			"":                                     text,
			"*/*":                                  text,
			"image/png":                            text,
			"text/plain":                           text,
			"text/html;q=0.5, text/*":              text,
			"application/json":                     json,
			"application/problem+json":             json,
			"application/json, text/plain, */*":    json,
			"application/*;q=0.9, text/html;q=0.1": json,
			"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": page,
		} {
			c := k.dial()
			c.send("GET / HTTP/1.1\r\nHost: h\r\n")
			if accept != "" {
				c.send("Accept: " + accept + "\r\n")
			}
			c.send("\r\n")
			got := c.cut()
			if !strings.Contains(got, want) || !strings.Contains(got, "HTTP/1.1 409 ") || !strings.Contains(got, "\r\nVary: Accept\r\n") {
				t.Errorf("Accept %q: %q", accept, got)
			}
		}
		if got := k.do(NewRequest("GET", "/odd", nil).With("Accept", "application/json")); got != `500 {"status":500,"title":"Internal Server Error"}` {
			t.Error(got)
		}
	})
}

func TestFailAnswersForAnError(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		for path, err := range map[string]error{
			"/problem": &Problem{Status: 422, Detail: "No."},
			"/wrapped": fmt.Errorf("while it tried: %w", &Problem{Status: 422, Detail: "No."}),
			"/other":   errors.New("password is hunter2"),
			"/slow":    fmt.Errorf("the database: %w", context.DeadlineExceeded),
			"/drains":  ErrDraining,
			"/nothing": (*Problem)(nil),
		} {
			k.serve("GET "+path, Func(func(r *Request) *Response { return r.Fail(err) }))
		}
		k.serve("GET /nil", Func(func(r *Request) *Response { return r.Fail(nil) }))
		for path, want := range map[string]string{
			"/problem": "422 422 Unprocessable Content\n\nNo.\n",
			"/wrapped": "422 422 Unprocessable Content\n\nNo.\n",
			"/other":   "500 500 Internal Server Error\n\nThe server failed on this request.\n",
			"/slow":    "504 504 Gateway Timeout\n\nThe work for this request took too long.\n",
			"/drains":  "503 503 Service Unavailable\n\nThe server is about to stop.\n",
			"/nothing": "500 500 ",
			"/nil":     "500 500 ",
		} {
			if got := k.do(NewRequest("GET", path, nil)); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %q, want %q", path, got, want)
			}
		}
		for _, why := range []string{"while it tried: Unprocessable Content: No.", "password is hunter2", "the database: context deadline exceeded"} {
			if k.log.count(" exchange ", why) != 1 {
				t.Errorf("the log does not say %q", why)
			}
		}
	})
}

// Everything that the server itself answers goes through Config.Problem.
func TestConfigProblemAnswersForTheServer(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) {
			c.Limits.Body = 10
			c.HandlerTimeout = time.Second
			c.Problem = func(r *Request, p *Problem) *Response {
				return r.Text(p.Status, fmt.Sprintf("own %d %s %s: %s", p.Status, r.Method(), r.Path(), p.Detail)).With("X-Own", "yes")
			}
		})
		k.serve("GET /mute", mute())
		k.serve("GET /crash", answering(func(*Request) *Response { panic("asked to") }))
		k.serve("GET /no-response", actorOf(func(ctx actor.Context) {
			if _, ok := ctx.Message().(*Request); ok {
				ctx.Respond("hello")
			}
		}))
		k.serve("GET /filtered", answering(hello), Before(func(*Request) *Response { panic("asked to") }))
		k.serve("GET /forbidden", answering(func(r *Request) *Response { return r.Text(204, "x") }))
		k.serve("GET /keyed/{room}", PerKey("room", func() actor.Actor { return &book{life: &lives{}} }))
		for send, want := range map[string]string{
			"GET /none HTTP/1.1\r\nHost: h\r\n\r\n":                                    "own 404 GET /none: ",
			"POST /mute HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n":              "own 405 POST /mute: ",
			"BREW /mute HTTP/1.1\r\nHost: h\r\n\r\n":                                   "own 501 BREW /mute: ",
			"GET /mute HTTP/1.1\r\nHost: h\r\n\r\n":                                    "own 504 GET /mute: ",
			"GET /crash HTTP/1.1\r\nHost: h\r\n\r\n":                                   "own 500 GET /crash: ",
			"GET /no-response HTTP/1.1\r\nHost: h\r\n\r\n":                             "own 500 GET /no-response: ",
			"GET /filtered HTTP/1.1\r\nHost: h\r\n\r\n":                                "own 500 GET /filtered: ",
			"GET /forbidden HTTP/1.1\r\nHost: h\r\n\r\n":                               "own 500 GET /forbidden: ",
			"GET /mute HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n":              "own 413 GET /mute: ",
			"GET / HTTP/1.1\r\n\r\n":                                                   "own 400 GET",
			"GET / HTTP/2.5\r\nHost: h\r\n\r\n":                                        "own 505 ",
			"\x16\x03\x01\r\n\r\n":                                                     "own 400  : ",
			"GET https://h/ HTTP/1.1\r\nHost: h\r\n\r\n":                               "own 421 GET /: ",
			"GET /keyed/" + strings.Repeat("x", 5000) + " HTTP/1.1\r\nHost: h\r\n\r\n": "own 414 GET /keyed/xxx",
		} {
			c := k.dial()
			c.send(send)
			k.wait(2 * time.Second)
			if got := c.cut(); !strings.Contains(got, want) || !strings.Contains(got, "\r\nX-Own: yes\r\n") {
				t.Errorf("%.60q: %q, want %q", send, got, want)
			}
			c.end()
		}
	})
}

func TestAWrongConfigProblemHarmsNobody(t *testing.T) {
	for name, wrong := range map[string]func(*Request, *Problem) *Response{
		"panics":             func(*Request, *Problem) *Response { panic("asked to") },
		"ends its goroutine": func(*Request, *Problem) *Response { runtime.Goexit(); return nil },
		"nil":                func(*Request, *Problem) *Response { return nil },
		"of no request":      func(*Request, *Problem) *Response { return &Response{Status: 404} },
		"interim":            func(r *Request, _ *Problem) *Response { return r.Status(103) },
		"a stream": func(r *Request, _ *Problem) *Response {
			return r.Stream(200, nil, actor.PropsFromFunc(func(actor.Context) {}))
		},
		"what HTTP refuses": func(r *Request, _ *Problem) *Response { return r.Status(404).With("a b", "c") },
		"fails once more":   func(r *Request, _ *Problem) *Response { return r.JSON(404, func() {}) },
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.Problem = wrong })
				c := k.dial()
				c.send("GET /none HTTP/1.1\r\nHost: h\r\n\r\n")
				if got := c.cut(); !strings.Contains(got, "HTTP/1.1 404 ") && !strings.Contains(got, "HTTP/1.1 500 ") {
					t.Errorf("got %q", got)
				}
			})
		})
	}
}

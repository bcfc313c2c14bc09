package actors

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestPathValuesAreConverted(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		k.serve("GET /int/{n}", Func(func(r *Request) *Response {
			n, err := r.Int("n")
			if err != nil {
				return r.Fail(err)
			}
			return r.Text(200, fmt.Sprint(n))
		}))
		k.serve("GET /uuid/{id}", Func(func(r *Request) *Response {
			id, err := r.UUID("id")
			if err != nil {
				return r.Fail(err)
			}
			return r.Text(200, id.String())
		}))
		k.serve("GET /for/{time}/{rest...}", Func(func(r *Request) *Response {
			d, err := ParamAs(r, "time", time.ParseDuration)
			if err != nil {
				return r.Fail(err)
			}
			text := d.String()
			for name, value := range r.Params() {
				text += " " + name + "=" + value
			}
			return r.Text(200, text)
		}))
		k.serve("GET /own/{x}", Func(func(r *Request) *Response {
			_, err := ParamAs(r, "x", func(string) (int, error) { return 0, &Problem{Status: 410} })
			return r.Fail(err)
		}))
		k.serve("GET /mistake/{x}", Func(func(r *Request) *Response {
			_, err := r.Int("y")
			return r.Fail(err)
		}))
		for path, want := range map[string]string{
			"/int/7":                    "200 7",
			"/int/-7":                   "200 -7",
			"/int/x":                    "404 404 Not Found\n\nThere is nothing at this address: \"x\" is no valid n.\n",
			"/int/%1b":                  "404 404 Not Found\n\nThere is nothing at this address: \"\\x1b\" is no valid n.",
			"/int/99999999999999999999": "404 ",
			"/uuid/6BA7B810-9dad-11d1-80b4-00c04fd430c8":         "200 6ba7b810-9dad-11d1-80b4-00c04fd430c8",
			"/uuid/{6ba7b810-9dad-11d1-80b4-00c04fd430c8}":       "404 ",
			"/uuid/urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c": "404 ",
			"/uuid/6ba7b8109dad11d180b400c04fd430c8":             "404 ",
			"/for/90s/a/b%20c":                                   "200 1m30s time=90s rest=a/b c",
			"/own/x":                                             "410 ",
			"/mistake/7":                                         "500 ",
		} {
			if got := k.do(NewRequest("GET", path, nil)); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %q, want %q", path, got, want)
			}
		}
		k.wait(0)
		if k.log.count(`the pattern "GET /mistake/{x}" has no wildcard {y}`) == 0 {
			t.Error("the mistake is not explained:", k.log.written())
		}
	})
}

func TestCookiesGoBothWays(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		k.serve("GET /", Func(func(r *Request) *Response {
			return r.Text(200, fmt.Sprint(r.Cookie("a"), " ", r.Cookie("none"), " ", r.Cookies())).
				SetCookie(&cookie{Name: "a", Value: "x y", Path: "/", HttpOnly: true, MaxAge: 60}).
				SetCookie(&cookie{Name: "b", Value: "2"})
		}))
		k.serve("GET /invalid", Func(func(r *Request) *Response { return r.Status(200).SetCookie(&cookie{Name: "a b"}) }))
		c := k.dial()
		c.send("GET / HTTP/1.1\r\nHost: h\r\nCookie: a=1; b=\"2\"; bad name=3; =4\r\nCookie: a=5\r\n\r\n")
		got := c.cut()
		for _, want := range []string{"\n1  [a=1 b=\"2\" a=5]", "\r\nSet-Cookie: a=\"x y\"; Path=/; Max-Age=60; HttpOnly\r\nSet-Cookie: b=2\r\n"} {
			if !strings.Contains(got, want) {
				t.Errorf("no %q in %q", want, got)
			}
		}
		c.send("GET /invalid HTTP/1.1\r\nHost: h\r\n\r\n")
		if got := c.cut(); !strings.Contains(got, " 500 ") {
			t.Error(got)
		}
		if got := k.do(NewRequest("GET", "/", nil)); got != "200   []" {
			t.Errorf("%q", got)
		}
	})
}

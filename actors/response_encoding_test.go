package actors

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/asynkron/protoactor-go/actor"
)

// An upperWriter is a content coding: all letters become capitals.
type upperWriter struct {
	to     io.Writer
	closed *int
	fail   string
}

func (w *upperWriter) Write(content []byte) (int, error) {
	switch w.fail {
	case "write":
		return 0, errors.New("no room")
	case "panic":
		panic("asked to")
	case "exit":
		runtime.Goexit()
	}
	io.WriteString(w.to, strings.ToUpper(string(content)))
	return len(content), nil
}

func (w *upperWriter) Flush() error { io.WriteString(w.to, "."); return nil }

func (w *upperWriter) Close() error {
	*w.closed++
	io.WriteString(w.to, "!")
	return nil
}

func TestContentIsEncodedOnItsWay(t *testing.T) {
	closed := 0
	upper := After(func(r *Request, response *Response) {
		response.Encode("x-upper", func(to io.Writer) io.WriteCloser { return &upperWriter{to, &closed, r.Query().Get("fail")} })
	})
	bubble(t, func(k *kit) {
		k.start()
		large := strings.Repeat("large ", 30_000)
		for path, respond := range map[string]func(*Request) *Response{
			"/small": func(r *Request) *Response {
				return r.Text(200, "hello").With("ETag", `"a"`).With("Accept-Ranges", "bytes")
			},
			"/large":  func(r *Request) *Response { return r.Text(200, large) },
			"/reader": func(r *Request) *Response { return r.StreamFrom(200, nil, strings.NewReader(large), int64(len(large))) },
			"/short": func(r *Request) *Response {
				return r.StreamFrom(200, nil, strings.NewReader(large), int64(len(large))+1)
			},
			"/nothing": func(r *Request) *Response { return r.Status(204) },
			"/empty":   func(r *Request) *Response { return r.Status(200) },
			"/pieces": func(r *Request) *Response {
				n := 0
				return r.Stream(200, nil, actor.PropsFromFunc(onDemand(func(ctx actor.Context, demand *ReadBody) {
					if n++; n > 2 {
						ctx.Respond(demand.End(Fields{{"X-T", "t"}}))
						return
					}
					ctx.Respond(demand.Data([]byte(fmt.Sprint("piece ", n))))
				})))
			},
		} {
			k.serve(path, Func(respond), upper)
		}
		ask := func(target, want string) {
			t.Helper()
			closed = 0
			c := k.dial()
			c.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")
			k.wait(0)
			got := c.cut()
			head, content, _ := strings.Cut(got, "\r\n\r\n")
			if strings.Contains(head, "chunked") {
				content = dechunked(content)
			}
			if !strings.HasPrefix(got, "HTTP/1.1 200") && !strings.HasPrefix(got, "HTTP/1.1 204") || content != want || !strings.Contains(head, "\r\nContent-Encoding: x-upper") {
				t.Errorf("%s: %.200q %.100q", target, head, content)
			}
			if called := k.do(NewRequest("GET", target, nil)); !strings.HasSuffix(called, " "+want) {
				t.Errorf("%s by a call: %.100q", target, called)
			}
			if closed != 2 && target != "/nothing" {
				t.Errorf("%s: closed %d times", target, closed)
			}
		}
		ask("/small", "HELLO!")
		ask("/large", strings.ToUpper(large)+"!")
		ask("/reader", strings.ToUpper(large)+"!")
		ask("/pieces", "PIECE 1.PIECE 2.!")
		ask("/nothing", "")
		ask("/empty", "!")
		c := k.dial()
		c.send("GET /small HTTP/1.1\r\nHost: h\r\n\r\n")
		if got := c.want("its fields", "HTTP/1.1 200", "\r\nETag: W/\"a\"\r\n", "\r\nContent-Length: 6\r\n"); strings.Contains(got, "Accept-Ranges") {
			t.Error(got)
		}
		for _, method := range []string{"GET", "HEAD"} {
			c.send(method + " /large HTTP/1.1\r\nHost: h\r\n\r\n")
			c.headOnly = method == "HEAD"
			if got := c.want("of no known length", "HTTP/1.1 200", "Transfer-Encoding: chunked"); strings.Contains(got, "Content-Length") {
				t.Error(got[:300])
			}
		}
		for _, target := range []string{"/short", "/large?fail=write", "/large?fail=panic", "/reader?fail=write"} {
			c := k.dial()
			c.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")
			k.wait(0)
			c.mu.Lock()
			if strings.HasSuffix(string(c.in), "0\r\n\r\n") || c.err == nil {
				t.Errorf("%s: the content looks whole", target)
			}
			c.mu.Unlock()
		}
		for _, target := range []string{"/small?fail=write", "/small?fail=panic", "/small?fail=exit"} {
			c := k.dial()
			c.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n")
			c.want(target, "HTTP/1.1 500")
			if got := k.do(NewRequest("GET", target, nil)); !strings.HasPrefix(got, "500") {
				t.Errorf("%s by a call: %s", target, got)
			}
		}
	})
}

func TestGzipFitsAsItIs(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		k.serve("/", Func(func(r *Request) *Response {
			return r.Text(200, strings.Repeat("hello ", 100)).Encode("gzip", func(to io.Writer) io.WriteCloser { return gzip.NewWriter(to) })
		}))
		_, content, _ := strings.Cut(k.do(NewRequest("GET", "/", nil)), " ")
		reader, err := gzip.NewReader(strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(reader); string(got) != strings.Repeat("hello ", 100) || err != nil {
			t.Error(string(got), err)
		}
	})
}

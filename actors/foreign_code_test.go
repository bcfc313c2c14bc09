package actors

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A hostileReader is foreign code within a response.
type hostileReader struct {
	io.Reader
	onRead, onClose func()
	closed          int
}

func (h *hostileReader) Read(into []byte) (int, error) {
	if h.onRead != nil {
		h.onRead()
	}
	return h.Reader.Read(into)
}

func (h *hostileReader) Close() error {
	h.closed++
	if h.onClose != nil {
		h.onClose()
	}
	return nil
}

// Whatever the code of a reader does, each request has one answer, and the next one gets its own.
func TestReadersThatCrashHarmNoOtherExchange(t *testing.T) {
	crash := func() { panic("asked to") }
	for name, test := range map[string]struct {
		method          string
		onRead, onClose func()
		want            string // of the response; "" if it breaks off
	}{
		"a panic in Close":             {"GET", nil, crash, "HTTP/1.1 200"},
		"a panic in Close of a HEAD":   {"HEAD", nil, crash, "HTTP/1.1 200"},
		"Goexit in Close of a HEAD":    {"HEAD", nil, runtime.Goexit, "HTTP/1.1 200"},
		"a panic in Read":              {"GET", crash, nil, ""},
		"a panic in Read and in Close": {"GET", crash, crash, ""},
	} {
		bubble(t, func(k *kit) {
			k.start()
			k.serve("/hostile", answering(func(r *Request) *Response {
				return r.StreamFrom(200, nil, &hostileReader{Reader: strings.NewReader("hello"), onRead: test.onRead, onClose: test.onClose}, 5)
			}))
			k.serve("/next", saying("next"))
			c := k.dial()
			c.send(ask(test.method, "/hostile") + ask("GET", "/next"))
			k.wait(0)
			if test.want != "" {
				c.headOnly = test.method == "HEAD"
				c.want(name, test.want)
				c.want(name+", and the next one", "HTTP/1.1 200", "next")
				c.wantIdle(name + ": one answer each")
			} else if c.mu.Lock(); true {
				if c.err == nil || strings.Count(string(c.in), "HTTP/1.1") > 1 || strings.HasSuffix(string(c.in), "hello") {
					t.Errorf("%s: %q %v", name, c.in, c.err)
				}
				c.mu.Unlock()
			}
			_, err := k.server.Do(context.Background(), NewRequest(test.method, "/hostile", nil))
			if (err != nil) != (test.want == "") {
				t.Errorf("%s by a call: %v", name, err)
			}
		})
	}
}

// A reader is closed once, also if its response is never sent.
func TestReadersOfResponsesThatAreNotSentAreClosed(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		var mu sync.Mutex
		var all []*hostileReader
		stream := func(r *Request) *Response {
			h := &hostileReader{Reader: strings.NewReader("hello")}
			mu.Lock()
			all = append(all, h)
			mu.Unlock()
			return r.StreamFrom(200, nil, h, 5)
		}
		slow := func(r *Request) *Response { time.Sleep(time.Second); return stream(r) }
		replace := After(func(r *Request, response *Response) { *response = *stream(r) })
		k.serve("/slow", answering(slow))
		k.serve("/replaced-twice", answering(stream), replace, replace)
		k.serve("/then-panic", answering(stream), replace, After(func(*Request, *Response) { panic("asked to") }))
		k.serve("/exit", answering(stream), After(func(*Request, *Response) { runtime.Goexit() }))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second/2)
		defer cancel()
		if _, err := k.server.Do(ctx, NewRequest("GET", "/slow", nil)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		for _, path := range []string{"/replaced-twice", "/then-panic", "/exit"} {
			k.do(NewRequest("GET", path, nil))
			c := k.dial()
			c.send(ask("GET", path))
			c.cut()
		}
		k.wait(3 * time.Second)
		for i, h := range all {
			if h.closed != 1 {
				t.Errorf("reader %d of %d was closed %d times", i, len(all), h.closed)
			}
		}
	})
}

// A response that is sent twice is sent once, and goes on.
func TestAStreamThatIsAnsweredTwice(t *testing.T) {
	bubble(t, func(k *kit) {
		topic := NewTopic(TopicOptions{})
		k.serve("/", actorOf(func(ctx actor.Context) {
			if r, is := ctx.Message().(*Request); is {
				response := r.Events(topic)
				ctx.Respond(response)
				ctx.Respond(response)
			}
		}))
		l := k.listen("/")
		l.heard()
		topic.Publish(Event{Data: "still there"})
		l.hears("after the second answer", "id: 1⏎data: still there⏎⏎")
	})
}

// A cancelled call lets go of those that read its content.
func TestReadersOfACancelledCallReturn(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		read := make(chan error, 1)
		k.serve("POST /", Func(func(r *Request) *Response {
			<-r.Context().Done()
			_, err := io.ReadAll(r.Reader())
			read <- err
			return r.Status(204)
		}), StreamBody())
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		k.server.Do(ctx, NewRequest("POST", "/", []byte("content")))
		select {
		case err := <-read:
			if err != ErrExchangeOver {
				t.Error(err)
			}
		case <-time.After(time.Minute):
			t.Error("the reader waits for ever")
		}
	})
}

// What filters and callers do to a response is seen by nobody else.
func TestSharedFieldsStayAsTheyAre(t *testing.T) {
	bubble(t, func(k *kit) {
		k.start()
		shared := append(make(Fields, 0, 8), Field{"ETag", `"a"`})
		body := []byte("hello")
		k.serve("/", Func(func(r *Request) *Response {
			response := r.Bytes(200, "", body)
			response.Fields = shared
			return response
		}), After(func(_ *Request, response *Response) {
			response.Fields[0].Value = `"b"`
			response.Fields = append(response.Fields, Field{"Set-Cookie", "a=b"})
		}))
		got, err := k.server.Do(context.Background(), NewRequest("GET", "/", nil))
		if err != nil {
			t.Fatal(err)
		}
		copy(got.Body, "EVIL!")
		got.Fields[0].Value = "evil"
		if shared[0].Value != `"a"` || shared[:2][1].Name != "" || string(body) != "hello" {
			t.Errorf("%v %s", shared[:2], body)
		}
	})
}

// The sign of life of an encoded stream is encoded too, and an abort counts in each state.
func TestSignsOfLifeAreEncoded(t *testing.T) {
	bubble(t, func(k *kit) {
		closed := 0
		topic := NewTopic(TopicOptions{})
		k.serve("/", Func(func(r *Request) *Response { return r.Events(topic) }), After(func(r *Request, response *Response) {
			response.Encode("x-upper", func(to io.Writer) io.WriteCloser { return &upperWriter{to: to, closed: &closed} })
		}))
		l := k.listen("/")
		l.hears("the beginning", "RETRY: 2000⏎⏎ID: "+strings.ToUpper(topic.run)+"-0⏎⏎.")
		k.wait(16 * time.Second)
		l.hears("a sign of life", ":⏎⏎.")
	})
	bubble(t, func(k *kit) {
		k.serve("POST /", saying("fine"), Before(func(r *Request) *Response { r.Abort("it was broken"); return nil }))
		c := k.dial()
		c.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab")
		k.wait(0)
		c.send("cde")
		c.wantClosed("the exchange was given up")
	})
}

// Config.Problem may make anything, and the process goes on.
func TestAProblemWithACodingThatFails(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) {
			c.Problem = func(r *Request, p *Problem) *Response {
				return r.Text(p.Status, "own").Encode("x", func(io.Writer) io.WriteCloser { panic("asked to") })
			}
		})
		k.serve("/wrong", saying("fine"), After(func(_ *Request, response *Response) { response.With("a b", "c") }))
		for path, want := range map[string]string{"/none": "HTTP/1.1 404", "/wrong": "HTTP/1.1 500"} {
			c := k.dial()
			c.send(ask("GET", path))
			c.want(path, want)
			if got := k.do(NewRequest("GET", path, nil)); !strings.HasPrefix("HTTP/1.1 "+got, want) {
				t.Error(path, got)
			}
		}
	})
}

func TestFormsOfStreamsAreBounded(t *testing.T) {
	bubble(t, func(k *kit) {
		k.configure(func(c *Config) { c.Limits.Body = 100_000 })
		k.start()
		k.serve("POST /", Func(func(r *Request) *Response {
			values, err := r.Form()
			if err != nil {
				return r.Fail(err)
			}
			return r.Text(200, values.Encode())
		}), StreamBody())
		var parts [][2]string
		for range 10 {
			parts = append(parts, [2]string{strings.Repeat("n", 20_000), ""})
		}
		contentType, content := formOf(parts...)
		if got := k.do(NewRequest("POST", "/", content).With("Content-Type", contentType)); !strings.HasPrefix(got, "413") {
			t.Errorf("%.100s", got)
		}
	})
}

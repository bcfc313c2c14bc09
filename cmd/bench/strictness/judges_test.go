package strictness

import (
	"bufio"
	"bytes"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/troupe-go/troupe/wire"
	"github.com/valyala/fasthttp"
)

// A judge is a server that is asked whether it takes octets as one whole request. It says how it
// refuses them, "" if it does not.
type judge func(octets []byte) (refusal string)

// judges are the two rivals, with their names in the page.
func judges(t testing.TB) map[string]judge {
	return map[string]judge{"net/http": judgeNetHTTP(t), "fasthttp": judgeFastHTTP()}
}

// judgeNetHTTP asks net/http with a handler that reads the content.
func judgeNetHTTP(t testing.TB) judge {
	listener := &recordedListener{accepts: make(chan *recorded)}
	server := &http.Server{
		ErrorLog: log.New(io.Discard, "", 0),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				http.Error(w, err.Error(), 400)
			}
		}),
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return func(octets []byte) string {
		conn := newRecorded(octets)
		listener.accepts <- conn
		<-conn.closed
		return refusal(&conn.written)
	}
}

// judgeFastHTTP asks fasthttp with a buffer that has room for what our limits allow.
func judgeFastHTTP() judge {
	server := &fasthttp.Server{
		ReadBufferSize:     128 << 10,
		MaxRequestBodySize: 8 << 20,
		Logger:             log.New(io.Discard, "", 0),
		Handler:            func(*fasthttp.RequestCtx) {},
		ErrorHandler:       func(ctx *fasthttp.RequestCtx, err error) { ctx.Error(err.Error(), 400) },
	}
	return func(octets []byte) string {
		conn := newRecorded(octets)
		_ = server.ServeConn(conn) // it says the same to the client
		return refusal(&conn.written)
	}
}

// refusal reads what a server has written up to its final response.
func refusal(written io.Reader) string {
	in := bufio.NewReader(written)
	for {
		response, err := http.ReadResponse(in, &http.Request{Method: "HEAD"})
		switch {
		case err != nil:
			return "no answer"
		case response.StatusCode == 200 && in.Buffered() > 0:
			return "more than one answer"
		case response.StatusCode == 200:
			return ""
		case response.StatusCode > 200:
			text, _ := io.ReadAll(in)
			return response.Status + ": " + string(text)
		}
	}
}

// A taken request is one that wire takes.
type taken struct {
	octets   []byte
	head     *wire.RequestHead
	content  []byte
	trailers wire.Fields
}

// take reads the first request of the octets, nil if wire refuses it or it is not all there.
func take(octets []byte) *taken {
	limits := wire.Limits{}.WithDefaults()
	decoder := wire.NewDecoder(&limits)
	decoder.Feed(octets)
	var r taken
	for {
		event, _ := decoder.Next()
		switch event := event.(type) {
		case nil:
			return nil
		case *wire.RequestHead:
			r.head = event
		case *wire.Data:
			r.content = append(r.content, event.Bytes...)
		case *wire.End:
			r.octets, r.trailers = octets[:len(octets)-decoder.Buffered()], event.Trailers
			return &r
		}
	}
}

// rewritten is the request as wire writes it: a chunk for all the content, and nothing before it.
func (r *taken) rewritten(t testing.TB) []byte {
	var encoder wire.Encoder
	var out []byte
	for _, event := range []wire.Event{r.head, &wire.Data{Bytes: r.content}, &wire.End{Trailers: r.trailers}} {
		var err error
		if out, err = encoder.Append(out, event); err != nil {
			t.Fatalf("%q: %v", r.octets, err)
		}
	}
	return out
}

// chunkLines are the lines before its chunks.
func (r *taken) chunkLines() (lines []string) {
	if r.head.Length != wire.Chunked {
		return nil
	}
	_, body, _ := bytes.Cut(bytes.TrimLeft(r.octets, "\r\n"), []byte("\r\n\r\n"))
	for size := -1; size != 0; {
		line, rest, _ := strings.Cut(string(body), "\r\n")
		lines = append(lines, line)
		size = chunkSize(line)
		body = []byte(rest)[min(size+len("\r\n"), len(rest)):]
	}
	return lines
}

func chunkSize(line string) (size int) {
	for _, c := range strings.ToLower(line) {
		digit := strings.IndexRune("0123456789abcdef", c)
		if digit < 0 {
			break
		}
		size = size<<4 | digit
	}
	return size
}

// recorded is a connection whose client has sent all it has to say.
type recorded struct {
	sent    *bytes.Reader
	written bytes.Buffer
	once    sync.Once
	closed  chan struct{}
}

func newRecorded(octets []byte) *recorded {
	return &recorded{sent: bytes.NewReader(octets), closed: make(chan struct{})}
}

func (c *recorded) Read(b []byte) (int, error)     { return c.sent.Read(b) }
func (c *recorded) Write(b []byte) (int, error)    { return c.written.Write(b) }
func (c *recorded) Close() error                   { c.once.Do(func() { close(c.closed) }); return nil }
func (*recorded) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (*recorded) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (*recorded) SetDeadline(time.Time) error      { return nil }
func (*recorded) SetReadDeadline(time.Time) error  { return nil }
func (*recorded) SetWriteDeadline(time.Time) error { return nil }

// recordedListener accepts what it is given.
type recordedListener struct {
	accepts chan *recorded
	once    sync.Once
}

func (l *recordedListener) Accept() (net.Conn, error) {
	if conn, open := <-l.accepts; open {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (l *recordedListener) Close() error { l.once.Do(func() { close(l.accepts) }); return nil }
func (*recordedListener) Addr() net.Addr { return &net.TCPAddr{} }

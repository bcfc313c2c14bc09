package actors

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A goneClient is a client over TCP, whose requests are kept: only the kernel can tell what becomes of it.
type goneClient struct {
	*net.TCPConn
	t        *testing.T
	requests chan *Request
	answer   *bufio.Reader
}

// newGoneClient connects a client to a server that keeps its requests until they are answered by send.
func newGoneClient(t *testing.T) *goneClient {
	if runtime.GOOS != "linux" {
		t.Skip("needs the poller")
	}
	return newGoneClientOf(t, (*Server).Serve)
}

func newGoneClientOf(t *testing.T, serve func(*Server, net.Listener) error) *goneClient {
	c := &goneClient{t: t, requests: make(chan *Request, 1)}
	server := NewServer(Config{Logger: noLog, HandlerTimeout: -1})
	handle(server, "/", actorOf(func(ctx actor.Context) {
		switch message := ctx.Message().(type) {
		case *Request:
			c.requests <- message
		case *Response:
			ctx.Send(message.request.ReplyTo(), message)
		}
	}))
	c.TCPConn = dialTCP(t, overTCP(t, server, serve))
	c.answer = bufio.NewReader(c.TCPConn)
	t.Cleanup(func() { c.SetLinger(0) })
	return c
}

// ask makes a request, and waits until the handler has it.
func (c *goneClient) ask(octets string) *Request {
	c.t.Helper()
	io.WriteString(c, octets)
	select {
	case r := <-c.requests:
		r.Context() // one that is asked for behind the end does not know why it came
		return r
	case <-time.After(patience):
		c.t.Fatal("the handler did not get the request")
		return nil
	}
}

// wantGone wants the Context of the request to end because its client is gone.
func (c *goneClient) wantGone(why string, r *Request) {
	c.t.Helper()
	select {
	case <-r.Context().Done():
		if cause := context.Cause(r.Context()); cause != ErrClientGone {
			c.t.Errorf("%s: want the cause %v, got %v", why, ErrClientGone, cause)
		}
	case <-time.After(patience):
		c.t.Errorf("%s: want the Context to end", why)
	}
}

func TestAResetEndsTheContext(t *testing.T) {
	c := newGoneClient(t)
	r := c.ask(get)
	c.SetLinger(0)
	c.Close()
	c.wantGone("the kernel says so at once", r)
}

func TestAResetEndsTheContextBeforeMoreIsRead(t *testing.T) {
	c := newGoneClient(t)
	r := c.ask(get + get) // the second waits in the decoder
	c.SetLinger(0)
	c.Close()
	c.wantGone("whatever it had to say", r)
}

// When a client closes, the kernel reports only the end of its side. The reset after the probe tells the rest; if no
// poller watches the socket, the next probe does.
func TestAClientThatClosesEndsTheContext(t *testing.T) {
	for name, serve := range waysToServe(t) {
		t.Run(name, func(t *testing.T) {
			c := newGoneClientOf(t, serve)
			var client net.Conn = c.TCPConn
			if name == "TLS" {
				client = tls.Client(client, &tls.Config{InsecureSkipVerify: true})
			}
			io.WriteString(client, get)
			r := c.ask("")
			client.Close()
			c.wantGone("nobody is there to take the probes", r)
		})
	}
}

// The client has closed before the server reads, so the end of its side comes with the request, and nothing follows.
func TestAClientThatAsksAndClosesAtOnceEndsTheContext(t *testing.T) {
	c := newGoneClient(t)
	io.WriteString(c, get)
	c.Close()
	c.wantGone("no notice of the kernel is missed", c.ask(""))
}

func TestAClientThatEndsItsSideIsAnswered(t *testing.T) {
	c := newGoneClient(t)
	r := c.ask(get)
	c.CloseWrite()
	c.SetReadDeadline(time.Now().Add(patience))
	if line, err := c.answer.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("want the probe, got %q, %v", line, err)
	}
	if err := r.Context().Err(); err != nil {
		t.Fatalf("it waits: want the Context to go on, got %v", err)
	}
	root := r.route.env.system.Root
	root.Send(r.place.Load().line.owner.Load().self, r.Text(200, "hello"))
	response, err := io.ReadAll(c.answer)
	if want := "\r\nHTTP/1.1 200 OK\r\n"; err != nil || string(response[:min(len(want), len(response))]) != want {
		t.Errorf("half a close does not take the question back: want %q, got %q, %v", want, response, err)
	}
	select {
	case <-r.Context().Done():
	case <-time.After(patience):
		t.Fatal("want the Context to end with the answer")
	}
	if cause := context.Cause(r.Context()); !errors.Is(cause, ErrExchangeOver) {
		t.Errorf("want the cause %v, got %v", ErrExchangeOver, cause)
	}
}

// A source may be silent for any time, so only the kernel can tell that the client is gone.
func TestAGoneClientEndsASilentStream(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs the poller")
	}
	begun, stopped := make(chan struct{}), make(chan struct{})
	server := NewServer(Config{Logger: noLog})
	handle(server, "/", answering(func(r *Request) *Response {
		return r.Stream(200, nil, actor.PropsFromFunc(func(ctx actor.Context) {
			switch ctx.Message().(type) {
			case *ReadBody:
				close(begun)
			case *actor.Stopped:
				close(stopped)
			}
		}))
	}))
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(on) }()
	defer func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // a stream that goes on would hold it up
		server.Shutdown(ctx)
		<-served
	}()
	client, err := net.Dial("tcp", on.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(client, get)
	<-begun
	client.(*net.TCPConn).SetLinger(0) // a reset
	client.Close()
	select {
	case <-stopped:
	case <-time.After(3 * time.Second):
		t.Error("the source lives on, though there is nobody left to send to")
	}
}

package actors

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/pires/go-proxyproto"
	"github.com/troupe-go/troupe/actors/internal/duplex"
)

// unfinishedBusiness are connections that owe nobody an answer, and have not ended either.
var unfinishedBusiness = map[string]func(t *testing.T, k *kit) *peer{
	"half a head":    func(t *testing.T, k *kit) *peer { p := k.dial(); p.send("POST / HTTP/1.1\r\nHo"); return p },
	"no handshake":   func(t *testing.T, k *kit) *peer { k.startTLS(); return k.dial() },
	"a silent proxy": func(t *testing.T, k *kit) *peer { k.proxied(); return k.dialFrom(theProxy) },
	"half a handshake": func(t *testing.T, k *kit) *peer {
		k.startTLS()
		p := k.dial()
		p.send("\x16\x03\x01\x02\x00")
		return p
	},
	"half a header of a proxy": func(t *testing.T, k *kit) *peer {
		k.proxied()
		p := k.dialFrom(theProxy)
		p.send(proxyHeader(t, proxyproto.PROXY, theClient)[:20])
		return p
	},
	"half a content that nobody wants": func(t *testing.T, k *kit) *peer {
		p := k.dial()
		p.send("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
		p.want("nobody wants it", "HTTP/1.1 404")
		return p
	},
}

// A drain waits a second for an incomplete request, and no longer.
func TestADrainWaitsASecondForAHead(t *testing.T) {
	for name, begin := range unfinishedBusiness {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				p := begin(t, k)
				ended := k.shutdown(context.Background())
				k.wait(lingerTimeout - 1)
				p.wantIdle("the second is not over")
				wantPending(t, "the second is not over", ended)
				k.wait(1)
				if strings.HasSuffix(name, "head") {
					p.want("part of a request arrived (RFC 9110 §15.5.9)", "HTTP/1.1 408")
				}
				p.wantClosed("the second is over")
				p.end()
				wantError(t, "nothing is unfinished", ended, nil)
			})
		})
	}
}

// Unwanted content that becomes slow within the drain gets no more time either.
func TestADrainWaitsASecondForContentThatNobodyWants(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.serve("/clerk/", c.props(), StreamBody())
		k.peer.send("POST /clerk/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
		k.tell("router//clerk/", func(ctx actor.Context) {
			ctx.Send(c.kept[0].ReplyTo(), c.kept[0].Stream(200, nil, untilDone(c.kept[0].Context())).WithLength(0))
		})
		ended := k.shutdown(context.Background())
		k.peer.want("its source was told", "HTTP/1.1 200")
		k.wait(lingerTimeout - 1)
		wantPending(t, "the rest of the content may come", ended)
		k.wait(1)
		k.peer.wantClosed("it has not")
		k.peer.end()
		wantError(t, "nothing is unfinished", ended, nil)
	})
}

// A request that becomes complete within that second is served.
func TestARequestThatWasBegunIsServedInADrain(t *testing.T) {
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		p := k.dial()
		p.send(get[:20])
		ended := k.shutdown(context.Background())
		k.wait(lingerTimeout - 1)
		p.send(get[20:])
		p.want("its head is whole", "HTTP/1.1 200", "\r\nConnection: close\r\n")
		p.wantClosed("it was the last")
		p.end()
		wantError(t, "all is finished", ended, nil)
	})
	bubble(t, func(k *kit) {
		k.proxied()
		p := k.dialFrom(theProxy)
		header := proxyHeader(t, proxyproto.PROXY, theClient)
		p.send(header[:20])
		ended := k.shutdown(context.Background())
		k.wait(lingerTimeout - 1)
		p.send(header[20:])
		k.wait(drainGrace - 1)
		p.send(get[:20])
		k.wait(lingerTimeout - 1)
		p.send(get[20:])
		p.want("each part came in its time", "HTTP/1.1 200", "\r\nConnection: close\r\n", theClient)
		p.end()
		wantError(t, "all is finished", ended, nil)
	})
	bubble(t, func(k *kit) {
		k.serve("/", saying("hello"))
		k.startTLS()
		client, server := duplex.New()
		k.cleanup = append(k.cleanup, func() { client.Close() })
		k.listener.accepts <- acceptance{conn: server}
		k.wait(time.Second)
		ended := k.shutdown(context.Background())
		k.wait(lingerTimeout - 1)
		p := newTLSPeer(t, client, nil)
		if got := p.get("it shook hands in time", get); got != "hello" {
			t.Errorf("want hello, got %q", got)
		}
		p.wantEnd("it was the last")
		p.Close()
		wantError(t, "all is finished", ended, nil)
	})
}

// A response that did not announce itself as the last is followed by another.
func TestWhatWasNotSaidToBeTheLastIsNot(t *testing.T) {
	for name, of := range map[string]struct {
		answer func(*Request) *Response
		rest   int // octets of its content that are left when the client goes on to read
	}{
		"a stream":         {func(r *Request) *Response { return r.Stream(200, nil, pieces(100)) }, 1},
		"a large response": {func(r *Request) *Response { return r.Text(200, strings.Repeat("x", 100*turnSize)) }, 1},
	} {
		for delay, begin := range map[time.Duration]string{0: "drains", time.Minute: "is about to drain"} {
			t.Run(name+" while the server "+begin, func(t *testing.T) {
				bubble(t, func(k *kit) {
					k.configure(func(c *Config) { c.DrainDelay = delay })
					k.serve("/", answering(of.answer))
					k.serve("/next", saying("hello"))
					k.peer.dial()
					goOn := k.peer.stall()
					k.peer.send(get)
					ended := k.shutdown(context.Background())
					goOn()
					k.wait(drainGrace - 1)
					k.peer.mu.Lock()
					head, content := string(k.peer.in[:100]), len(k.peer.in)
					k.peer.in = nil
					k.peer.mu.Unlock()
					if strings.Contains(head, "Connection: close") || content < 100*32<<10 {
						t.Errorf("it had begun before the drain, so it did not know: got %q and %d octets", head, content)
					}
					k.peer.wantIdle("the client does not know either")
					k.peer.send(ask("POST", "/next"))
					k.peer.want("what it had sent before it could know is served", "HTTP/1.1 200", "\r\nConnection: close\r\n", "hello")
					k.peer.wantClosed("now it knows")
					k.peer.end()
					k.wait(delay)
					wantError(t, "all is finished", ended, nil)
				})
			})
		}
	}
}

// errElsewhere is what a client gets instead of a new connection when its load balancer knows that the server goes.
var errElsewhere = errors.New("another server takes it")

// Clients with connection pools lose nothing: they use each of their connections once more, and learn that it was the
// last time.
func TestPooledClientsLoseNothingInADrain(t *testing.T) {
	t.Parallel()
	drains := 20
	if testing.Short() {
		drains = 5
	}
	var draining sync.WaitGroup
	for range drains {
		draining.Go(func() {
			server := NewServer(Config{Logger: noLog, DrainDelay: 2 * time.Second})
			handle(server, "POST /", answering(func(r *Request) *Response { return r.Text(200, string(r.Body)) }))
			handle(server, "POST /long", answering(func(r *Request) *Response { return r.Text(200, strings.Repeat("x", 3*turnSize)) }))
			on, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Error(err)
				return
			}
			served := make(chan error, 1)
			go func() { served <- server.Serve(on) }()
			transport := &http.Transport{MaxIdleConnsPerHost: 8, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if server.env.leaving() {
					return nil, errElsewhere
				}
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}}
			defer transport.CloseIdleConnections()
			var posting sync.WaitGroup
			begun := make(chan struct{}, 8)
			for i := range 8 {
				posting.Go(func() {
					if err := postOnAndOn(server, transport, on.Addr().String(), i%2 == 0, begun); err != nil {
						t.Error(err)
					}
				})
			}
			for range 8 {
				<-begun
			}
			if err := server.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
			posting.Wait()
			<-served
		})
	}
	draining.Wait()
}

// postOnAndOn posts until another server takes it. Its error is a post that was lost, or an answer that should have
// said that it was the last of its connection.
func postOnAndOn(server *Server, transport *http.Transport, address string, long bool, begun chan<- struct{}) error {
	client := &http.Client{Transport: transport, Timeout: patience}
	path := "/"
	if long {
		path = "/long"
	}
	for n := 0; ; n++ {
		leaving := server.env.leaving()
		content := fmt.Sprint("post ", n)
		response, err := client.Post("http://"+address+path, "text/plain", strings.NewReader(content))
		if errors.Is(err, errElsewhere) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("a post was lost: %w", err)
		}
		got, err := io.ReadAll(response.Body)
		response.Body.Close()
		switch {
		case err != nil:
			return fmt.Errorf("an answer was lost: %w", err)
		case response.StatusCode != 200 || !long && string(got) != content:
			return fmt.Errorf("want %q, got a %d, %q", content, response.StatusCode, got[:min(len(got), 100)])
		case leaving && !response.Close:
			return errors.New("the server had been told to go, so its answer was to be the last of the connection")
		}
		if n == 10 {
			begun <- struct{}{}
		}
	}
}

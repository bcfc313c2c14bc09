package actors

import (
	"crypto/tls"
	"io"
	"log/slog"
	"math"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The longest duration there is means for ever, or nearly: nothing may come at once because a sum overflows.
func TestTheLongestTimesAreLong(t *testing.T) {
	const longest = time.Duration(math.MaxInt64)
	for name, change := range map[string]func(*Config){
		"idle":       func(c *Config) { c.IdleTimeout = longest },
		"head":       func(c *Config) { c.HeadTimeout = longest },
		"body":       func(c *Config) { c.BodyTimeout = longest },
		"handler":    func(c *Config) { c.HandlerTimeout = longest },
		"write":      func(c *Config) { c.WriteTimeout = longest },
		"queue wait": func(c *Config) { c.MaxQueueWait = longest },
		"half of it": func(c *Config) {
			c.IdleTimeout, c.HandlerTimeout, c.BodyTimeout = longest/2+1, longest/2+1, longest/2+1
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(change)
				k.serve("POST /", actorOf(func(ctx actor.Context) {
					if r, ok := ctx.Message().(*Request); ok {
						time.Sleep(time.Second)
						if deadline, has := r.Context().Deadline(); has && time.Until(deadline) < time.Second {
							t.Errorf("the handler has until %v", deadline)
						}
						ctx.Respond(r.Bytes(200, "", r.Body))
					}
				}), HandlerTimeout(k.config.HandlerTimeout))
				k.wait(time.Second)
				for _, part := range []string{"POST / HTTP/1.1\r\nHo", "st: a\r\nContent-Length: 4\r\n\r\n", "ab", "cd"} {
					k.peer.send(part)
					k.wait(time.Second)
				}
				k.wait(soon)
				k.peer.want("it has time for everything", "HTTP/1.1 200 OK", "\r\n\r\nabcd")
			})
		})
	}
}

func TestALongIdleTimeOfAKey(t *testing.T) {
	bubble(t, func(k *kit) {
		k.server.Handle("GET /{key}", PerKey("key", func() actor.Actor {
			served := 0
			return actor.ReceiveFunc(func(ctx actor.Context) {
				if r, ok := ctx.Message().(*Request); ok {
					served++
					ctx.Respond(r.Text(200, strconv.Itoa(served)))
				}
			})
		}, IdleAfter(math.MaxInt64)))
		for _, want := range []string{"1", "2"} {
			client := k.dial()
			client.send(ask("GET", "/a"))
			k.wait(time.Minute)
			client.want("the actor stays", "HTTP/1.1 200 OK", "\r\n\r\n"+want)
		}
	})
}

// On sockets other clocks count too: of the kernel, and of crypto/tls.
func TestTheLongestTimesOnSockets(t *testing.T) {
	const longest = time.Duration(math.MaxInt64)
	for name, serve := range waysToServe(t) {
		t.Run(name, func(t *testing.T) {
			server := NewServer(Config{
				Logger: slog.New(slog.DiscardHandler), IdleTimeout: longest, HeadTimeout: longest, BodyTimeout: longest,
				HandlerTimeout: longest, WriteTimeout: longest, MaxQueueWait: longest,
			})
			server.Handle("POST /", Func(func(r *Request) *Response { return r.Bytes(200, "", r.Body) }, IdleAfter(longest)))
			var client net.Conn = dialTCP(t, overTCP(t, server, serve))
			if name == "TLS" {
				client = tls.Client(client, &tls.Config{InsecureSkipVerify: true})
			}
			client.SetDeadline(time.Now().Add(patience))
			for range 2 {
				io.WriteString(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
				io.WriteString(client, "cd")
				answer := make([]byte, 512)
				for n := 0; !strings.HasSuffix(string(answer[:n]), "\r\n\r\nabcd"); {
					more, err := client.Read(answer[n:])
					if n += more; err != nil {
						t.Fatalf("want the answer, got %q, %v", answer[:n], err)
					}
				}
			}
		})
	}
}

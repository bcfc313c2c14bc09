package actors

import (
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/duplex"
)

// responses are the ways in which a megabyte is sent.
var responses = map[string]func(r *Request) *Response{
	"whole":                func(r *Request) *Response { return r.Bytes(200, "a/b", make([]byte, 1<<20)) },
	"in pieces":            func(r *Request) *Response { return r.Stream(200, nil, pieces(32)) },
	"in very small pieces": func(r *Request) *Response { return r.Stream(200, nil, bits(1<<10)) },
}

// bits is a source of so many pieces of 1 KiB.
func bits(n int) *actor.Props {
	return actorOf(func(ctx actor.Context) {
		if demand, ok := ctx.Message().(*ReadBody); ok {
			if n--; n < 0 {
				ctx.Respond(demand.End(nil))
				return
			}
			ctx.Respond(demand.Data(make([]byte, 1<<10)))
		}
	})
}

// dialSlow is a client that takes so many octets each second of the answer to its request, and says in the
// end how many those were.
func (k *kit) dialSlow(perSecond int64, secure bool) (octets chan int64) {
	end, server := duplex.New()
	k.listener.accepts <- acceptance{conn: server}
	var client net.Conn = end
	if secure {
		client = tls.Client(end, &tls.Config{InsecureSkipVerify: true})
	}
	octets = make(chan int64, 1)
	go func() {
		io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		total := int64(0)
		for {
			n, err := io.CopyN(io.Discard, client, perSecond)
			if total += n; err != nil {
				end.Close()
				octets <- total
				return
			}
			time.Sleep(time.Second)
		}
	}()
	return octets
}

// "How many octets per second a client must take of a response": however it is sent, and with TLS too.
func TestAClientThatTakesAResponseInTricklesIsGivenUp(t *testing.T) {
	eachResponse(t, func(t *testing.T, k *kit, secure bool) {
		octets := k.dialSlow(49, secure)
		k.wait(21 * time.Second)
		if k.log.count("DEBUG cannot write", "i/o timeout") != 1 {
			t.Errorf("want it given up within two write timeouts, got %q", k.log.written())
		}
		if n := <-octets; n > 10_000 {
			t.Errorf("it got %d octets", n)
		}
	})
}

func TestAClientOfTenTimesTheWriteRateIsServed(t *testing.T) {
	eachResponse(t, func(t *testing.T, k *kit, secure bool) {
		if n := <-k.dialSlow(5000, secure); n < 1<<20 {
			t.Errorf("want all of it, got %d octets: %q", n, k.log.written())
		}
	})
}

// eachResponse serves each kind of response, with TLS and without.
func eachResponse(t *testing.T, test func(t *testing.T, k *kit, secure bool)) {
	for name, response := range responses {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, TLS %v", name, secure), func(t *testing.T) {
				bubble(t, func(k *kit) {
					k.log.level = slog.LevelDebug
					k.serve("/", answering(response))
					if secure {
						k.startTLS()
					} else {
						k.start()
					}
					test(t, k, secure)
				})
			})
		}
	}
}

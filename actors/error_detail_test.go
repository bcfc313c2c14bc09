package actors

import (
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The open network must not learn which actor has a request, and how many requests wait.
func TestWhoIsToldOfTheInsideOfTheServer(t *testing.T) {
	const own, strange = "127.0.0.1:1000", "192.0.2.1:1000"
	for _, test := range []struct {
		why    string
		detail ErrorDetail
		from   string
		told   bool
	}{
		{"by default nobody, not even at home", DetailForNobody, own, false},
		{"a stranger", DetailForLoopback, strange, false},
		{"the same machine", DetailForLoopback, own, true},
		{"any of its addresses", DetailForLoopback, "127.8.9.10:1000", true},
		{"the same machine by IPv6", DetailForLoopback, "[::1]:1000", true},
		{"the same machine on a socket for both families", DetailForLoopback, "[::ffff:127.0.0.1]:1000", true},
		{"a stranger in the same network of 64 bits as that is none", DetailForLoopback, "[::2]:1000", false},
		{"an address that is none", DetailForLoopback, "[::]:1000", false},
		{"everybody", DetailForAll, strange, true},
	} {
		t.Run(test.why, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) { c.ErrorDetail = test.detail })
				k.serve("/mute", mute(), HandlerTimeout(time.Second))
				p := k.dialFrom(test.from)
				p.send(ask("GET", "/mute"))
				k.wait(time.Second)
				answer := p.want("its time is up", "HTTP/1.1 504", "The handler did not answer within 1s")
				if told := strings.Contains(answer, "router/"); told != test.told {
					t.Errorf("want it told which actor has the request: %v, got %q", test.told, answer)
				}
				if k.log.count("WARN handler timed out", "router//mute has kept it for 1s") != 1 ||
					k.log.count("WARN exchange", "status=504", "router//mute has kept it for 1s") != 1 {
					t.Errorf("the log always says it, got %q", k.log.written())
				}
			})
		})
	}
}

// No other answer reveals any of this to anybody.
func TestNoOtherFailureTellsOfTheInsideOfTheServer(t *testing.T) {
	for name, path := range map[string]string{
		"a full queue": "/stuck", "a crash": "/crash", "a stop": "/quit", "what is no response": "/text", "what HTTP forbids": "/odd",
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				k.serve("/stuck", stuckHere(time.Second), MaxQueue(1))
				onRequest := func(do func(ctx actor.Context)) *actor.Props {
					return actorOf(func(ctx actor.Context) {
						if _, ok := ctx.Message().(*Request); ok {
							do(ctx)
						}
					})
				}
				k.serve("/crash", onRequest(func(actor.Context) { panic("secret") }))
				k.serve("/quit", onRequest(stopNow))
				k.serve("/text", onRequest(func(ctx actor.Context) { ctx.Respond("secret") }))
				k.serve("/odd", answering(func(r *Request) *Response { return r.Text(200, "").With("secret secret", "") }))
				answers := 0
				for _, p := range k.queueUp(3, path) {
					answer := p.cut()
					if answer == "" {
						continue // it waits
					}
					answers++
					if _, content, _ := strings.Cut(answer, "\r\n\r\n"); strings.ContainsAny(content, "/%$\"") || strings.Contains(content, "secret") {
						t.Errorf("want no actor, no number and no reason, got %q", answer)
					}
				}
				if answers == 0 {
					t.Error("want a failure")
				}
				k.wait(5 * time.Second)
			})
		})
	}
}

package actors

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The server's own actors finish their duties, however often they fail on them: nobody else would do them.
func TestADutyIsNeverGivenUp(t *testing.T) {
	restart := func(k *kit) { k.tell("router//clerk/", stopNow) }
	for duty, provoke := range map[deed]func(k *kit){
		{actor: "router", message: "Started"}:     restart,
		{actor: "router", message: "handlerBorn"}: restart,
		{actor: "router", message: "respawnDue"}:  restart,
		{actor: "router", message: "Terminated"}:  restart,
		{actor: "router", message: "Failure"}: func(k *kit) {
			for range freeRestarts + 1 { // until it pauses
				k.tell("router//clerk/", crashNow)
			}
		},
		{actor: "server", message: "Failure"}:    func(k *kit) { k.tell("router", "sabotage") },
		{actor: "listener", message: "Started"}:  restart,
		{actor: "listener", message: "accepted"}: func(k *kit) { k.dial() },
		{actor: "listener", message: "acceptDue"}: func(k *kit) {
			k.listener.accepts <- acceptance{err: errors.New("too many open files")}
		},
	} {
		t.Run(duty.actor+", "+duty.message, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := &clerk{}
				k.serve("/clerk/", c.props())
				s, struck := sabotage(k.server.env), 0
				s.choose = func(at deed) fault {
					switch {
					case at.actor == "router" && at.message == "string":
						return panicBefore // for the server to have a Failure
					case at.actor != duty.actor || at.message != duty.message && at.message != "resumed" || struck == repeats+3:
						return ""
					}
					struck++
					if at.message == "Terminated" {
						return panicAfter // see isFault
					}
					return panicBefore
				}
				k.start()
				provoke(k)
				k.wait(longestPause)
				if struck != repeats+3 && duty.message != "accepted" || struck <= repeats { // a socket is given up
					t.Errorf("want it to fail more than %d times, got %d", repeats, struck)
				}
				p := k.dial()
				p.send(ask("GET", "/clerk/1"))
				k.tell("router//clerk/", c.answer)
				p.want("all is well again", "HTTP/1.1 200", "/clerk/1")
			})
		})
	}
}

// If an actor was told to stop twice, and ended the goroutine in its last words, its parent waited for its end for
// ever.
func TestAHandlerThatIsStoppedTwice(t *testing.T) {
	bubble(t, func(k *kit) {
		first := true
		k.serve("/", actorOf(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *Request:
				ctx.Respond(message.Text(200, "well"))
			case string:
				ctx.Stop(ctx.Self())
				ctx.Stop(ctx.Self())
			case *actor.Stopped:
				if first {
					first = false
					runtime.Goexit()
				}
			}
		}))
		k.start()
		k.tell("router//", "stop")
		k.wait(time.Second)
		k.peer.send(get)
		k.peer.want("there is a new one", "HTTP/1.1 200", "well")
	})
}

// A panic while the goroutine ends does not keep the goroutine from ending: the mailbox waited for it for ever.
func TestAPanicWhileTheGoroutineEnds(t *testing.T) {
	bubble(t, func(k *kit) {
		first := true
		k.serve("/", actorOf(func(ctx actor.Context) {
			message, ok := ctx.Message().(*Request)
			if ok && first {
				first = false
				defer panic("in the middle of it")
				runtime.Goexit()
			}
			if ok {
				ctx.Respond(message.Text(200, "well"))
			}
		}))
		k.peer.send(get)
		k.peer.want("that is its crash", "HTTP/1.1 500")
		k.peer.send(get)
		k.peer.want("it goes on", "HTTP/1.1 200", "well")
	})
}

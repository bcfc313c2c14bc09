package actors

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/troupe-go/troupe/actors/internal/duplex"
)

// "Every accepted request ends in exactly one response, at once when something fails, and the response
// is its own": whichever actor is killed, at whichever message, in whichever behaviour.
//
// The scene is played once without a fault, which shows all (actor, message) pairs that there are.
// Then it is played again for each of them and each kind of fault. Closed without a response may only
// be a connection that was stopped from outside while it had none to give.
func TestKillEverywhere(t *testing.T) {
	var pairs []deed
	play(t, "no fault", deed{}, &pairs)
	for _, want := range scenePairs {
		who, message, _ := strings.Cut(want, ": ")
		if !slices.ContainsFunc(pairs, func(p deed) bool { return p.actor == who && p.message == message }) {
			t.Errorf("the scene has no %s at %s: what is not played is not proved; it has %v", message, who, pairs)
		}
	}
	t.Logf("%d pairs of an actor and a message", len(pairs))
	for _, pair := range pairs {
		for _, fault := range []fault{panicBefore, panicAfter, stopIt} {
			for _, after := range []int{0, 1} {
				if after >= pair.after {
					continue
				}
				what := deed{pair.actor, pair.message, fault, after}
				switch {
				case what.actor == "server" && fault == stopIt: // see TestAStopOfTheServerAnswersAll
				case what.message == "Terminated" && fault == panicBefore: // the library would not notice the end of the child
				default:
					play(t, what.String(), what, nil)
				}
			}
		}
	}
}

// scenePairs are pairs that the scene must have, whatever else it has.
var scenePairs = []string{
	"server: Started", "server: Listen", "server: Drain", "server: DrainDue", "server: Hasten", "server: Terminated",
	"router: Started", "router: Request", "router: Terminated", "router: HandlerBorn", "router: RespawnDue", "router: Failure",
	"listener: Started", "listener: Accepted", "listener: AcceptDue", "listener: Terminated", "listener: Drain", "listener: Hasten",
	"listener/connection awaiting: Started", "listener/connection awaiting: BytesArrived",
	"listener/connection awaiting: DeadlinePassed", "listener/connection awaiting: Drain",
	"listener/connection collecting: BytesArrived", "listener/connection exchanging: CollectBody",
	"listener/connection exchanging: Response", "listener/connection exchanging: HandlerCrashed",
	"listener/connection exchanging: HandlerStopped", "listener/connection exchanging: QueueFull",
	"listener/connection exchanging: ReadBody", "listener/connection exchanging: BytesArrived",
	"listener/connection exchanging: DeadlinePassed", "listener/connection exchanging: Hasten",
	"listener/connection streaming: BodyRead", "listener/connection streaming: Terminated",
	"listener/connection streaming: SourceStopped", "listener/connection discarding: BytesArrived",
	"listener/connection closing: BytesArrived", "listener/connection/source: Started", "listener/connection/source: ReadBody",
	"router/GET /quick/{token}: Started", "router/GET /quick/{token}: Request", "router/GET /quick/{token}: Stopping",
	"router/GET /quick/{token}: Stopped", "router/GET /crash/{token}: Restarting", "router/GET /kept/{token}: tick",
	"router/POST /pull/{token}: BodyRead", "router/GET /member/{token}: Request", "router/GET /member/{token}/: Request",
	"router/GET /asked/{token}: Request", "router/GET /asked/{token}: Response", "router/GET /asked/{token}/: Request",
}

// play plays the scene with one deed, in a bubble; again, if there was no occasion for it, since what
// happens at the same instant happens in any order.
func play(t *testing.T, name string, what deed, pairs *[]deed) {
	t.Run(name, func(t *testing.T) {
		struck := 0
		for range 5 {
			bubble(t, func(k *kit) {
				k.configure(func(c *Config) {
					c.DrainDelay, c.IdleTimeout = time.Millisecond, 100*time.Millisecond
				})
				s := sabotage(k.server.env)
				sceneRoutes(k.server, s)
				s.choose = once(what)
				k.start()
				wrong := k.crowd(what.mayClose())
				k.endScene(s, what, wrong, pairs)
				struck = s.struck()
			})
			if struck > 0 || what.fault == "" {
				return
			}
		}
		if slices.Contains(scenePairs, what.actor+": "+what.message) && what.after == 0 {
			t.Error("there was no occasion for it")
		}
	})
}

// mayClose reports whether a client may find its connection closed without an answer: it was stopped
// before it had taken the request, or crashed between requests, where nobody can resynchronise.
func (d deed) mayClose() bool {
	return d.fault == stopIt && strings.HasPrefix(d.actor, "listener") || d.actor == "listener/connection discarding"
}

// crowd has clients play the scene, and returns what they complain of.
func (k *kit) crowd(mayClose bool) (wrong []string) {
	quick := call{"GET", "/quick", "", 0, "200"}
	echo := call{"POST", "/echo", "content", partTime, "200"}
	parts := [][]call{
		{quick, {"GET", "/twice", "", 0, "200"}, quick, echo, {"POST", "/none", "content", 0, "404"}, quick},
		{{"POST", "/pull", "content", partTime, "200"}, quick, {"GET", "/stream", "", 0, "200"}, quick, {"GET", "/broken", "", 0, "close"}, quick},
		{{"GET", "/slow", "", 4 * slowTime, "200"}, {"GET", "/slow", "", 4 * slowTime, "200"}, quick},
		{{"GET", "/slow", "", 4 * slowTime, "200"}, {"GET", "/asked", "", 0, "200"}, {"GET", "/slow", "", 4 * slowTime, "200"}, quick},
		slices.Repeat([]call{{"GET", "/asked", "", 0, "200"}}, 4),
		{{"GET", "/full", "", 4 * slowTime, "200"}, {"GET", "/full", "", 4 * slowTime, "200"}, quick},
		{{"GET", "/full", "", 4 * slowTime, "200"}, {"GET", "/full", "", 4 * slowTime, "200"}, quick},
		{{"GET", "/full", "", 4 * slowTime, "200"}, {"GET", "/full", "", 4 * slowTime, "200"}, quick},
		{{"GET", "/kept", "", keptTime, "200"}, quick, {"GET", "/kept", "", keptTime, "200"}, {"GET", "/member", "", 0, "200"}, {"GET", "/member", "", 0, "200"}},
		{{"GET", "/kept", "", keptTime, "200"}, {"GET", "/never", "", neverTime, "504"}, {"GET", "/member", "", 0, "200"}, {"GET", "/quit", "", 0, ""}, {"GET", "/quit", "", 0, ""}, quick},
		slices.Repeat([]call{{"GET", "/crash", "", 0, ""}}, freeRestarts+3),
	}
	var clients []*sceneClient
	var playing sync.WaitGroup
	k.listener.accepts <- acceptance{err: errors.New("too many open files")}
	time.Sleep(2 * firstAcceptPause)
	for i, part := range parts {
		c := &sceneClient{dial: k.connect, name: string(rune('a' + i)), limit: 5 * time.Millisecond,
			counts: make(map[int]int), may: func(bool) bool { return mayClose }}
		clients = append(clients, c)
		playing.Go(func() {
			for _, what := range part {
				c.do(what)
			}
			if i%2 == 0 {
				c.hangUp() // the others idle until they are timed out
			}
		})
	}
	playing.Wait()
	time.Sleep(2 * k.config.IdleTimeout)
	for _, c := range clients {
		c.hangUp()
		wrong = append(wrong, c.wrong...)
	}
	return wrong
}

// connect makes one more connection to the server.
func (k *kit) connect() (net.Conn, error) {
	client, server := duplex.New()
	k.listener.accepts <- acceptance{conn: server}
	return client, nil
}

// endScene drains the server while a request is kept and one streams, and accounts for everything.
func (k *kit) endScene(s *saboteur, what deed, wrong []string, pairs *[]deed) {
	ctx, cancel := context.WithTimeout(context.Background(), keptTime)
	defer cancel()
	last := &sceneClient{dial: k.connect, name: "last", limit: keptTime, counts: make(map[int]int),
		may: func(bool) bool { return what.mayClose() }}
	idle, _ := k.connect()
	var playing sync.WaitGroup
	playing.Go(func() { last.do(call{"GET", "/kept", "", keptTime, "200"}) })
	synctest.Wait()
	k.server.Shutdown(ctx)
	playing.Wait()
	idle.Close()
	last.hangUp()
	soon, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := k.server.Shutdown(soon); err != nil {
		k.t.Errorf("it does not end: %v", err)
	}
	synctest.Wait()
	for _, complaint := range append(wrong, last.wrong...) {
		k.t.Error(complaint)
	}
	if left := k.server.env.living(); len(left) > 0 {
		k.t.Errorf("these actors are left: %q", left)
	}
	if k.t.Failed() && what.fault != "" {
		k.t.Logf("the log:\n%s", strings.Join(k.log.written(), "\n"))
	}
	if pairs != nil {
		for _, pair := range s.pairs() {
			pair.after = s.seen[deed{actor: pair.actor, message: pair.message}]
			*pairs = append(*pairs, pair)
		}
	}
}

// living are the actors that there are.
func (env *environment) living() (ids []string) {
	for _, bucket := range env.system.ProcessRegistry.LocalPIDs.LocalPIDs {
		bucket.IterCb(func(id string, _ any) {
			if strings.HasPrefix(id, serverName) {
				ids = append(ids, id)
			}
		})
	}
	return ids
}

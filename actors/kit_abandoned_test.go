package actors

import (
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing/synctest"
	"unsafe"
	"weak"

	"github.com/asynkron/protoactor-go/actor"
)

// A stuckActor does not finish its first request until it is released. It answers all.
type stuckActor struct {
	seen []*Request // to be looked at only while all is quiet
	goOn chan struct{}
}

func (k *kit) stuckActor() *stuckActor {
	s := &stuckActor{goOn: make(chan struct{})}
	k.cleanup = append(k.cleanup, func() { s.letGo() })
	return s
}

func (s *stuckActor) props() *actor.Props { return actor.PropsFromFunc(s.receive) }

func (s *stuckActor) receive(ctx actor.Context) {
	r := requestIn(ctx.Message())
	if r == nil {
		return
	}
	s.seen = append(s.seen, r)
	<-s.goOn
	ctx.Send(r.ReplyTo(), r.Text(200, "at last"))
}

func (s *stuckActor) letGo() {
	select {
	case <-s.goOn:
	default:
		close(s.goOn)
		synctest.Wait()
	}
}

// A memory is a piece of memory that somebody may still hold.
type memory struct {
	what  string
	octet weak.Pointer[byte]
}

// memoriesOf are the head and the content of a request.
func memoriesOf(r *Request) (all []memory) {
	all = append(all, memory{"the head", weak.Make(unsafe.StringData(r.head.Fields.Get("X-Large")))})
	if len(r.Body) > 0 {
		all = append(all, memory{"the content", weak.Make(&r.Body[0])})
	}
	return all
}

// wantForgotten wants nobody to hold any of that.
func (k *kit) wantForgotten(why string, all []memory) {
	k.t.Helper()
	synctest.Wait()
	for range 3 { // a few rounds, for what the collector frees late
		runtime.GC()
	}
	for _, m := range all {
		if m.octet.Value() != nil {
			k.t.Errorf("%s: want nobody to hold %s", why, m.what)
		}
	}
}

// wantRemembered wants somebody to hold all of that.
func (k *kit) wantRemembered(why string, all []memory) {
	k.t.Helper()
	synctest.Wait()
	runtime.GC()
	for _, m := range all {
		if m.octet.Value() == nil {
			k.t.Errorf("%s: want somebody to hold %s", why, m.what)
		}
	}
}

// mailboxes remember those of a server, by the paths of their actors.
type mailboxes struct {
	mu  sync.Mutex
	all []*mailbox
}

// mailboxes remembers the mailboxes that are made from now on.
func (k *kit) mailboxes() *mailboxes {
	of := &mailboxes{}
	k.server.env.wrap = func(m *mailbox) actor.Mailbox {
		of.mu.Lock()
		defer of.mu.Unlock()
		of.all = append(of.all, m)
		return m
	}
	return of
}

// octets are those of all requests that wait in the mailbox of an actor.
func (of *mailboxes) octets(who string) (all []memory) {
	m := of.at(who)
	m.env.dispatcher.Due()       // takes the lock that the workers take for each run: what they did comes before this,
	defer m.env.dispatcher.Due() // and what they do next after it
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, message := range slices.Concat(m.batch[m.next:], m.incoming, m.stash) {
		if r := waitingRequest(message); r != nil {
			all = append(all, memoriesOf(r)...)
		}
	}
	return all
}

// at is the last mailbox of an actor with that path.
func (of *mailboxes) at(who string) (last *mailbox) {
	synctest.Wait()
	of.mu.Lock()
	defer of.mu.Unlock()
	for _, m := range of.all {
		if path(m.self) == who {
			last = m
		}
	}
	return last
}

// waitingRequest is the one that waits with a message, or nil.
func waitingRequest(message any) *Request {
	if p, ok := message.(*passedOn); ok {
		return p.request()
	}
	return routed(message)
}

// heavy is a request with a long head and content.
func heavy(target string, content int) string {
	return "POST " + target + " HTTP/1.1\r\nHost: a\r\nX-Large: " + strings.Repeat("x", 8*kib) +
		"\r\nContent-Length: " + strconv.Itoa(content) + "\r\n\r\n" + strings.Repeat("y", content)
}

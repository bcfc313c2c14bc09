package actors

import (
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// passedTo has a request wait for one more actor, with that line.
func passedTo(q *queue, r *Request) *passedOn {
	p := &passedOn{client: r.from, since: 1}
	p.message.Store(&actor.MessageEnvelope{Message: r})
	q.join(r, &p.ticket, func() int64 { return 1 })
	r.passOn(p)
	return p
}

func newQueues(number int) (all []*queue) {
	for range number {
		q := &queue{}
		q.setUp(10, -1)
		all = append(all, q)
	}
	return all
}

// A request may wait for several actors at once, and counts in the line of each.
func TestARequestHasAPlaceInEachLine(t *testing.T) {
	q, r := newQueues(3), &Request{}
	q[0].join(r, &r.progress.routed, func() int64 { return 1 })
	q[0].want(t, "it waits for the handler", 1, 0)
	r.leaveLine()
	first, second := passedTo(q[1], r), passedTo(q[2], r)
	q[1].want(t, "it waits for one", 1, 0)
	q[2].want(t, "and for another", 1, 0)
	if at := r.waitsAt(); at != &second.ticket {
		t.Error("what it waits for is the last")
	}
	second.take()
	if at := r.waitsAt(); at != &first.ticket {
		t.Error("that has it, so it waits for the first")
	}
	r.end(ErrClientGone)
	q[1].want(t, "nobody waits for it, but it is in the mailbox", 1, 1)
	if first.take() != nil {
		t.Error("want its actor to get nothing")
	}
	for _, line := range q {
		line.want(t, "it is out of all mailboxes", 0, 0)
	}
}

// The client may leave just before the router, or another actor, lets its request join a line.
func TestARequestThatIsOverCountsAsAbandoned(t *testing.T) {
	q, r := newQueues(2), &Request{}
	r.progress.over.Store(true)
	q[0].join(r, &r.progress.routed, func() int64 { return 1 })
	q[0].want(t, "it came too late", 1, 1)
	r.leaveLine()
	p := passedTo(q[1], r)
	q[1].want(t, "it came too late", 1, 1)
	if p.take() != nil {
		t.Error("want its actor to get nothing")
	}
	for _, line := range q {
		line.want(t, "it is out of all mailboxes", 0, 0)
	}
}

// The list of places where a request has waited does not grow.
func TestARequestForgetsWhereItHasWaited(t *testing.T) {
	q, r := newQueues(2), &Request{}
	stays := passedTo(q[0], r)
	for range 100 {
		passedTo(q[1], r).take()
	}
	places := 0
	for p := r.progress.passed.Load(); p != nil; p = p.before {
		places++
	}
	if places > 2 {
		t.Errorf("want the place where it waits, and the last, got %d", places)
	}
	if r.waitsAt() != &stays.ticket {
		t.Error("want it to know where it waits")
	}
}

// An exchange may end at any time. Whatever the actors that have the request do at that moment, nothing stays counted
// and nothing stays held.
func TestPlacesWhateverHappensAtTheSameTime(t *testing.T) {
	for range 2000 {
		q, room := newQueues(3), &content{limit: 100}
		r := &Request{from: &account{room: room}}
		room.reserve(&r.reserved, 50)
		q[0].join(r, &r.progress.routed, func() int64 { return 1 })
		var all sync.WaitGroup
		all.Go(func() { r.end(ErrClientGone) })
		all.Go(func() {
			r.leaveLine()
			if !r.take() {
				return
			}
			all.Go(func() { passedTo(q[1], r).take() })
			all.Go(func() { passedTo(q[2], r).take() })
		})
		all.Wait()
		for i, line := range q {
			line.want(t, "it is out of all mailboxes", 0, 0)
			if t.Failed() {
				t.Fatalf("line %d", i)
			}
		}
		if held := room.held.Load(); held != 0 {
			t.Fatalf("want no content held, got %d", held)
		}
	}
}

// The router, the connection and the handler use a request in any order. One of them frees it, once: the race
// detector would find more.
func TestOneLetsGoOfARequestThatTheRouterHas(t *testing.T) {
	for range 2000 {
		room := &content{limit: 100}
		r := &Request{from: &account{room: room}, Body: make([]byte, 50), origin: &origin{peer: "192.0.2.1:1"}}
		room.reserve(&r.reserved, 50)
		var all sync.WaitGroup
		all.Go(func() { r.end(ErrClientGone) })
		all.Go(func() {
			if r.enterRouting() {
				_ = r.peerName()
				r.leaveRouting()
			}
		})
		all.Wait()
		if r.peerName() != "" || r.Body != nil || room.held.Load() != 0 || r.take() {
			t.Fatalf("want it let go, got content of %d octets from %q, and %d held", len(r.Body), r.peerName(), room.held.Load())
		}
	}
}

// If one of them has dropped a request, the other leaves it alone: it is still in use.
func TestWhatTheRouterHasDroppedTheConnectionLeavesAlone(t *testing.T) {
	r := &Request{from: &account{room: &content{}}}
	r.enterRouting()
	r.progress.over.Store(true) // the connection has begun to end the exchange
	r.leaveRouting()
	r.origin = &origin{peer: "in the hands of the router"}
	r.end(ErrClientGone)
	if r.peerName() == "" {
		t.Error("want it touched by one of both")
	}
}

// A connection that withdraws a request may find that the handler has just begun it, or the other way round.
func TestARequestIsWithdrawnOrBegun(t *testing.T) {
	q := &queue{}
	q.setUp(10, time.Second)
	const late = int64(2 * time.Second)
	join := func() *Request {
		r := &Request{from: &account{room: &content{}}}
		q.join(r, &r.progress.routed, func() int64 { return 1 })
		return r
	}
	r := join()
	if r.withdraw(int64(time.Second)-1) != nil {
		t.Error("want it to wait until its time is over")
	}
	if r.withdraw(late) != q || r.take() {
		t.Error("want it withdrawn, so that no actor begins it")
	}
	q.want(t, "it is in the mailbox", 1, 0)
	r.end(ErrExchangeOver)
	r.leaveLine()
	r = join()
	r.leaveLine() // its handler takes it off the line first, and then begins
	if r.withdraw(late) != nil || !r.take() {
		t.Error("want its handler to begin it")
	}
	r = join()
	if !r.take() || r.withdraw(late) != nil {
		t.Error("want its handler to have begun it")
	}
	r.leaveLine()
	p := passedTo(q, r)
	if r.withdraw(late) != q || p.take() != nil {
		t.Error("want it withdrawn from the one that it was passed on to")
	}
	if p = passedTo(q, r); p.take() == nil || r.withdraw(late) != nil {
		t.Error("want it begun by the one that it was passed on to")
	}
	q.want(t, "nobody waits", 0, 0)
}

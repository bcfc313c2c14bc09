package actors

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// crew is the placement of handlers without state, Func and PerRequest: as many actors as there are requests, up to a
// limit. If no actor is free, requests wait in one line, in which the clients take turns.
//
// After its request an actor of Func takes the next one itself. An actor of PerRequest has one request, and ends with
// its exchange.
type crew struct {
	of   *handler
	line *queue // shared by all actors
	bounds
	staff

	mu     sync.Mutex // guards what follows; actors use it too
	router *actor.PID // owner of the crew; only the router changes it
	turns  turns      // waiting requests
	quick  quickLine  // requests that wait for a quick actor
	free   []*place   // idle actors, the last used at the end
	least  int        // least number of free actors since the last look
	round  uint64     // how many routers the crew has had
}

// bounds limit a crew.
type bounds struct {
	limit int           // actors
	once  bool          // each actor gets only one request
	idle  time.Duration // after which an unneeded actor is stopped
}

// A staff counts the actors of a crew. It belongs to the router, except for the number of actors.
type staff struct {
	named   uint64       // actors so far
	actors  atomic.Int32 // including those about to come or go
	trouble trouble
	looking bool // a look is scheduled
}

// A membership is what a crew knows of one of its places. The lock of the crew guards it.
type membership struct {
	of    *crew
	round uint64 // round of the crew when the place was made
	duty  duty
	tasks int    // messages given to the actor
	next  [1]any // storage for one message
}

// A duty says what an actor of a crew does.
type duty uint8

const (
	busy duty = iota // it has a request, or is about to get one
	free
	off // it stops, or has stopped
)

const (
	funcActors       = 1000
	perRequestActors = 1000
	funcIdleAfter    = 10 * time.Second
)

func newCrew(of *handler, actors int, once bool) *crew {
	c := &crew{of: of, bounds: bounds{of.maxActors(actors), once, of.idleAfter(funcIdleAfter)}, line: &queue{}}
	of.setUp(c.line)
	return c
}

func (c *crew) begin(r *router, ctx actor.Context) {
	if c.router != ctx.Self() {
		c.end(r)
		c.mu.Lock()
		c.router = ctx.Self()
		c.mu.Unlock()
	}
}

func (c *crew) place(r *router, ctx actor.Context, request *Request) {
	if c.actors.Load() == 0 && c.trouble.pauses() {
		r.answer(ctx, request, &handlerStopped{exchange: request.exchange, retry: c.trouble.rest()})
		return
	}
	more := int(c.actors.Load()) < c.limit && !c.trouble.pauses()
	if more && c.once {
		request.leaveRouting()
		c.assign(r, ctx, request)
		return
	}
	if more || c.hasRoom(request.sent) {
		c.line.enter(request, &request.progress.routed)
	} else if !r.join(ctx, request, c.line) {
		return
	}
	request.leaveRouting()
	switch at, waits := c.give(request); {
	case at != nil:
		ctx.Send(at.pid, &request.envelope)
	case waits && more && !c.once:
		c.spawn(r, ctx)
	}
}

// hasRoom reports whether an actor is free, or nearly free: the last one asked, if it is quick. Only the router uses
// this room up, so it remains until give.
func (c *crew) hasRoom(now instant) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.free) > 0 || c.quick.takes(now)
}

// give finds an actor for a request. If none is free, the request waits for the quick one, or for the first that
// becomes free. The lock keeps actors from becoming free in between.
func (c *crew) give(request *Request) (at *place, waits bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.quick.takes(request.sent) {
		c.quick.push(request, c)
		return nil, false
	}
	if at = c.employFree(); at != nil {
		return at, false
	}
	if c.turns.number == 0 {
		c.line.busySince.Store(request.sent)
	}
	c.turns.add(request.from, &request.envelope)
	return nil, true
}

// employFree takes the free actor that was used last; nil if none is free.
func (c *crew) employFree() (at *place) {
	last := len(c.free) - 1
	if last < 0 {
		return nil
	}
	at, c.free[last] = c.free[last], nil
	c.free = c.free[:last]
	c.least = min(c.least, last)
	at.member.duty, at.member.tasks = busy, 1
	c.quick.lead = at
	return at
}

// spawn adds an actor.
func (c *crew) spawn(r *router, ctx actor.Context) *place {
	c.named++
	at := c.of.newPlace(escapeName(c.of.name) + "$" + strconv.FormatUint(c.named, 10))
	at.member = membership{of: c, round: c.round}
	if c.once {
		at.use.over = &placeUnused{router: ctx.Self(), place: at}
	}
	c.actors.Add(1)
	r.spawn(ctx, at)
	if !c.once && !c.looking && c.idle >= 0 {
		c.looking = true
		r.lookAfter(ctx, c.of, c.idle)
	}
	return at
}

func (c *crew) born(r *router, ctx actor.Context, at *place) {
	if c.once {
		r.release(ctx, at)
		if at.use.open.Load() == 0 { // the exchange is already over
			c.unused(ctx, at)
		}
		return
	}
	next := c.rest(at, 0)
	for _, message := range next {
		ctx.Send(at.pid, message)
	}
	clear(next)
}

// rest notes that an actor has finished a request that it began at since; 0 if it had none. It returns the messages
// that the actor takes next. If there are none, the actor is free.
func (c *crew) rest(at *place, since instant) (messages []any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.member.tasks = max(at.member.tasks-1, 0); at.member.tasks > 0 || at.member.duty != busy || at.member.round != c.round {
		return nil
	}
	if message := c.quick.pop(); message != nil {
		at.member.tasks = 1
		return append(at.member.next[:0], message)
	}
	if c.turns.number == 0 {
		at.member.duty = free
		c.free = append(c.free, at)
		return nil
	}
	now := c.of.env.clock()
	if since > 0 {
		c.line.pace.add((now-since)/int64(max(c.actors.Load(), 1)), now)
	}
	messages = c.takeTurns(now)
	at.member.tasks = len(messages)
	return messages
}

// takeTurns takes the next request out of the line, and those before it whose clients are gone.
func (c *crew) takeTurns(now instant) (messages []any) {
	messages = c.turns.take(nil, 1)
	if c.turns.number == 0 {
		now = 0
	}
	c.line.busySince.Store(now) // the line has moved
	return messages
}

// assign makes an actor for a request, unless the exchange of that is over.
func (c *crew) assign(r *router, ctx actor.Context, request *Request) {
	if !request.enterRouting() {
		request.leaveLine()
		return
	}
	request.leaveLine()
	at := c.spawn(r, ctx)
	at.line.enter(request, &request.progress.routed)
	at.needed(request)
	at.waiting = append(at.waiting, request)
	request.leaveRouting()
}

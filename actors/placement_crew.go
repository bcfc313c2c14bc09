package actors

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// crew is the placement of handlers without state, Func and PerRequest: as many actors as there are requests, up to a
// limit. Requests that find no actor free wait in one line, in which each client gets its turn.
//
// An actor of Func is free again after its request: then it takes the next one itself. One of PerRequest has one request,
// and ends with its exchange.
type crew struct {
	of   *handler
	line *queue // that all share
	bounds
	staff

	mu     sync.Mutex // what follows is the actors' as well
	router *actor.PID // that the crew belongs to; only itself changes that
	turns  turns      // of the requests that wait
	quick  quickLine  // of those that wait for a quick actor
	free   []*place   // those that are warm, the last used at the end
	least  int        // of these, since the last look
	round  uint64     // how many routers the crew has had
}

// bounds are what a crew may have.
type bounds struct {
	limit int           // actors
	once  bool          // each actor has one request
	idle  time.Duration // after which an actor that nobody needed is stopped
}

// A staff is what a crew has. It belongs to the router, but for the number of actors.
type staff struct {
	named   uint64       // actors so far
	actors  atomic.Int32 // that are there, or about to come or to go
	trouble trouble
	looking bool // it has asked for a look
}

// A membership is what a crew knows of one of its places. It is guarded by the crew.
type membership struct {
	of    *crew
	round uint64 // of the crew, when it was made
	duty  duty
	tasks int    // messages that the actor was given
	next  [1]any // room for one of them
}

// A duty is what an actor of a crew does.
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

// hasRoom reports whether an actor is free, or as good as free: the one that was asked last, if it is quick. Only the
// router takes that room, so it is there until then.
func (c *crew) hasRoom(now instant) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.free) > 0 || c.quick.takes(now)
}

// give finds the actor for a request. If there is none, the request waits: for the quick one, or for the first that is free.
// An actor cannot become free in between.
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

// employFree takes the free actor that was used last; nil if there is none.
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
		if at.use.open.Load() == 0 { // its exchange is over already
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

// rest notes that an actor is through with a request that it has had since then; 0 if it had none. It returns the
// messages that the actor takes next. If there are none, the actor is free.
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

// takeTurns takes the next request out of the line, and those before it that nobody waits for.
func (c *crew) takeTurns(now instant) (messages []any) {
	messages = c.turns.take(nil, 1)
	if c.turns.number == 0 {
		now = 0
	}
	c.line.busySince.Store(now) // the line has moved
	return messages
}

// assign makes an actor for a request, unless nobody waits for that any more.
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

package actors

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// connections are the connections of all listeners of a server. Over the limit, an idle one gives way to each
// newcomer.
type connections struct {
	limit     int
	surplus   int // accepted beyond the limit
	leastIdle time.Duration

	named atomic.Uint64 // so far

	mu        sync.Mutex
	all       map[string]*session // by the id of the connection
	claimed   int                 // places for connections that listeners are about to accept
	idle      []candidate         // the next to give way, in order; some may be busy again or gone
	looked    rarely
	listeners []*actor.PID
	awaited   bool // a listener waits until there is room
}

// A candidate is a connection that was idle at the last look.
type candidate struct {
	id    string
	since instant
	of    int // number of connections of its client
}

const (
	// surplusConnections are accepted over the limit if none gives way. They serve requests to vital routes, and
	// answer others 503.
	surplusConnections = 64
	// leastIdle is how long a connection must have been idle before it gives way: a request may be on its way, and a
	// newcomer needs time to send one before the next newcomer comes.
	leastIdle = 250 * time.Millisecond
	// candidates is how many are looked for at a time.
	candidates = 64
	// lookPause is the least time between two looks at all connections.
	lookPause = 10 * time.Millisecond
)

func newConnections(limit int) *connections {
	return &connections{limit: limit, surplus: surplusConnections, leastIdle: leastIdle, all: make(map[string]*session)}
}

// listen adds a listener, which is told when there is room.
func (c *connections) listen(pid *actor.PID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listeners = append(slices.DeleteFunc(c.listeners, func(l *actor.PID) bool { return l.Equal(pid) }), pid)
}

// nextName is a name that no connection of the server has had: an answer to an earlier one may still be on its way.
func (c *connections) nextName() string {
	return "connection$" + strconv.FormatUint(c.named.Add(1), 10)
}

// enter adds a connection.
func (c *connections) enter(id string, s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[id] = s
}

// leave removes a connection, and returns the listeners that wait for room.
func (c *connections) leave(id string) []*actor.PID {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.all, id)
	return c.toTell()
}

// toTell returns the listeners that wait for room, once.
func (c *connections) toTell() []*actor.PID {
	if !c.awaited {
		return nil
	}
	c.awaited = false
	return slices.Clone(c.listeners)
}

// hasRoom reports whether one more may be accepted. If not, the listeners will be told when there is room.
func (c *connections) hasRoom() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awaited = c.awaited || c.room() <= 0
	return c.room() > 0
}

func (c *connections) room() int { return c.limit + c.surplus - len(c.all) - c.claimed }

// claim reserves up to so many places for connections that a listener accepts in one go, and returns how many it got:
// other listeners may claim too. When those connections have entered, unclaim gives the places back.
func (c *connections) claim(most int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	places := max(min(most, c.room()), 0)
	c.claimed += places
	return places
}

// unclaim gives claimed places back, and returns the listeners that wait for room.
func (c *connections) unclaim(places int) []*actor.PID {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.claimed -= places
	if c.room() <= 0 {
		return nil
	}
	return c.toTell()
}

// areTooMany reports whether there are more than the limit.
func (c *connections) areTooMany() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all) > c.limit
}

// makeRoom finds the connection that gives way to the newcomer: of the client with the most connections, the one that
// has been idle for longest. The result has no id if there is room, or if all are busy; full says whether the limit
// is exceeded.
func (c *connections) makeRoom(newcomer string, now instant) (idle candidate, full bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) <= c.limit {
		return candidate{}, false
	}
	for range 2 {
		for len(c.idle) > 0 {
			next := c.idle[0]
			c.idle = c.idle[1:]
			if s := c.all[next.id]; next.id != newcomer && s != nil && s.client.idleSince.Load() == next.since {
				return next, true
			}
		}
		if !c.looked.allow(now, lookPause) {
			break
		}
		c.look(now)
	}
	return candidate{}, true
}

// look finds the next candidates.
func (c *connections) look(now instant) {
	of := make(map[*account]int)
	for _, s := range c.all {
		of[s.client.account.Load()]++
	}
	for id, s := range c.all {
		if since := s.client.idleSince.Load(); since != 0 && now-since >= int64(c.leastIdle) {
			c.idle = append(c.idle, candidate{id, since, of[s.client.account.Load()]})
		}
	}
	slices.SortFunc(c.idle, func(a, b candidate) int {
		if a.of != b.of {
			return b.of - a.of
		}
		return int(min(max(a.since-b.since, -1), 1))
	})
	c.idle = slices.Clone(c.idle[:min(len(c.idle), candidates)])
}

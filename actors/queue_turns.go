package actors

import (
	"net/netip"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Shares at a queue go by client: each gets its turn after the others, however many connections it has.

// shares count the requests that wait, by client, also of one that has gone meanwhile. They are asked only where many
// wait.
type shares struct {
	mu     sync.Mutex
	number map[netip.Prefix]int
}

// of is how many requests of a client wait, and how many clients there are with it.
func (s *shares) of(client *account) (own, clients int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own, clients = s.number[client.name()], len(s.number)
	if own == 0 {
		clients++
	}
	return own, clients
}

func (s *shares) add(client *account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.number == nil {
		s.number = make(map[netip.Prefix]int)
	}
	s.number[client.name()]++
}

func (s *shares) remove(client *account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := client.name()
	if s.number[name]--; s.number[name] <= 0 {
		delete(s.number, name)
	}
}

const (
	shortWait = 20 * time.Millisecond // for all that wait: then their order does not matter
	mostTurns = 64                    // that are handed out at a time
)

// isSlow reports whether so many requests in the order in which they came would have one client wait long for
// another. While nothing is measured they may.
func (q *queue) isSlow(requests int) bool {
	took := q.pace.took.Load()
	return requests > 1 && (took == 0 || time.Duration(int64(requests)*took) > shortWait)
}

// soon is how many requests are served in a short time.
func (q *queue) soon() int {
	if took := q.pace.took.Load(); took > 0 {
		return int(min(max(int64(shortWait)/took, 1), mostTurns))
	}
	return 1
}

// turns are the requests that wait for an actor where each client gets its turn after the others. Those of one
// client stay in their order.
type turns struct {
	clients []*account         // that wait, in the order of their turns
	of      map[*account][]any // their messages
	number  int                // of all messages
}

// next adds what has come in, and moves so many turns to the batch. A request that nobody waits for takes none.
// Only what the router has sent has to wait for its turn: other messages go in the order in which they came.
func (t *turns) next(batch, incoming []any, most int) []any {
	for _, message := range incoming {
		switch r := routed(message); {
		case r != nil:
			t.add(r.from, message)
		case isPoison(message): // it comes after all that came before
			batch = append(t.take(batch, t.number), message)
		default:
			batch = append(batch, message)
		}
	}
	return t.take(batch, most)
}

func (t *turns) add(client *account, message any) {
	if t.of == nil {
		t.of = make(map[*account][]any)
	}
	if len(t.of[client]) == 0 {
		t.clients = append(t.clients, client)
	}
	t.of[client] = append(t.of[client], message)
	t.number++
}

func (t *turns) take(batch []any, most int) []any {
	for most > 0 && t.number > 0 {
		client := t.clients[0]
		t.clients = t.clients[1:]
		waiting := t.of[client]
		for over := true; over && len(waiting) > 0; t.number-- {
			if over = routed(waiting[0]).progress.over.Load(); !over {
				most--
			}
			batch, waiting[0], waiting = append(batch, waiting[0]), nil, waiting[1:]
		}
		if len(waiting) > 0 {
			t.of[client] = waiting
			t.clients = append(t.clients, client)
		} else {
			delete(t.of, client)
		}
	}
	if t.number == 0 {
		*t = turns{}
	}
	return batch
}

func isPoison(message any) bool {
	_, is := actor.UnwrapEnvelopeMessage(message).(*actor.PoisonPill)
	return is
}

// routed is the request that a message is, if it is as the router sends it; else nil.
func routed(message any) *Request {
	if envelope, ok := message.(*actor.MessageEnvelope); ok {
		if r, ok := envelope.Message.(*Request); ok && r != nil && envelope == &r.envelope {
			return r
		}
	}
	return nil
}

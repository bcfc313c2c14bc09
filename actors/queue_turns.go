package actors

import (
	"net/netip"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Clients share a queue by taking turns, however many connections each has.

// shares count the waiting requests of each client, including clients that have gone. They are used only while many
// requests wait.
type shares struct {
	mu     sync.Mutex
	number map[netip.Prefix]int
}

// of returns how many requests of a client wait, and how many clients there are, including this one.
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
	shortWait = 20 * time.Millisecond // for all requests: then their order does not matter
	mostTurns = 64                    // handed out at a time
)

// isSlow reports whether that many requests, served in order of arrival, would make one client wait long for another.
// If nothing is measured yet, it assumes so.
func (q *queue) isSlow(requests int) bool {
	took := q.pace.took.Load()
	return requests > 1 && (took == 0 || time.Duration(int64(requests)*took) > shortWait)
}

// soon is how many requests are served within shortWait.
func (q *queue) soon() int {
	if took := q.pace.took.Load(); took > 0 {
		return int(min(max(int64(shortWait)/took, 1), mostTurns))
	}
	return 1
}

// turns are the requests that wait for an actor while clients take turns. The requests of one client stay in order.
type turns struct {
	clients []*account         // with waiting requests, in the order of their turns
	of      map[*account][]any // their messages
	number  int                // of all messages
}

// next adds the incoming messages, and moves up to most requests to the batch; requests whose exchange is over do not
// count. Only requests from the router wait for their turn: other messages go in order of arrival.
func (t *turns) next(batch, incoming []any, most int) []any {
	for _, message := range incoming {
		switch r := routed(message); {
		case r != nil:
			t.add(r.from, message)
		case isPoison(message): // a poison pill comes after all earlier messages
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

// routed returns the request of a message that the router sent; else nil.
func routed(message any) *Request {
	if envelope, ok := message.(*actor.MessageEnvelope); ok {
		if r, ok := envelope.Message.(*Request); ok && r != nil && envelope == &r.envelope {
			return r
		}
	}
	return nil
}

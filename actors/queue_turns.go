package actors

import (
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Shares at a queue go by client: each gets its turn after the others, however many connections it has.

// shares count the requests that wait, by client. They are asked only where many wait.
type shares struct {
	mu     sync.Mutex
	number map[*account]int
}

// of is how many requests of a client wait, and how many clients there are with it.
func (s *shares) of(client *account) (own, clients int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	own, clients = s.number[client], len(s.number)
	if own == 0 {
		clients++
	}
	return own, clients
}

func (s *shares) add(client *account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.number == nil {
		s.number = make(map[*account]int)
	}
	s.number[client]++
}

func (s *shares) remove(client *account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.number[client]--; s.number[client] <= 0 {
		delete(s.number, client)
	}
}

func (s *shares) clients() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.number)
}

const (
	turns     = 64                    // that are handed out at a time
	shortWait = 20 * time.Millisecond // for all that wait: then their order does not matter
)

// isUnfair reports whether so many messages in the order in which they came would have one client wait long
// for another.
func (q *queue) isUnfair(messages int) bool {
	return messages > turns && time.Duration(int64(messages)*q.pace.took.Load()) > shortWait && q.shares.clients() > 1
}

// takeTurns moves the next turns from the backlog to the batch: messages that are no requests in the line of
// the actor at once and in their order, then a request of each client after the other.
func takeTurns(batch, backlog []any) (_, rest []any) {
	var clients []*account
	of := make(map[*account][]int)
	taken := make([]bool, len(backlog))
	for i, message := range backlog {
		r := routed(message)
		if r == nil || r.progress.over.Load() {
			batch, taken[i] = append(batch, message), true
			continue
		}
		if of[r.from] == nil {
			clients = append(clients, r.from)
		}
		of[r.from] = append(of[r.from], i)
	}
	for left, turn := turns, 0; left > 0; turn++ {
		more := false
		for _, client := range clients {
			if turn < len(of[client]) && left > 0 {
				i := of[client][turn]
				batch, taken[i], more = append(batch, backlog[i]), true, true
				left--
			}
		}
		if !more {
			break
		}
	}
	rest = backlog[:0]
	for i, message := range backlog {
		if !taken[i] {
			rest = append(rest, message)
		}
	}
	clear(backlog[len(rest):])
	return batch, rest
}

// routed is the request that a message is, if the router has sent it; else nil.
func routed(message any) *Request {
	if envelope, ok := message.(*actor.MessageEnvelope); ok {
		if r, ok := envelope.Message.(*Request); ok && envelope == &r.envelope {
			return r
		}
	}
	return nil
}

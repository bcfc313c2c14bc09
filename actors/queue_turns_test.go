package actors

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/wire"
)

// routedFrom is a request as the router sends it, of the client with that name.
func routedFrom(clients map[string]*account, name string) *actor.MessageEnvelope {
	client, _, _ := strings.Cut(name, " ")
	if clients[client] == nil {
		clients[client] = &account{}
	}
	r := &Request{from: clients[client], head: wire.RequestHead{Method: name}}
	r.envelope = actor.MessageEnvelope{Message: r}
	return &r.envelope
}

// A turnScene is what comes in, and what goes to the actor.
type turnScene struct {
	turns
	t       *testing.T
	clients map[string]*account
	all     map[string]*Request
}

// next adds messages, and wants others to be handed out: "a 1" is a request of the client a.
func (s *turnScene) next(why, incoming string, most int, want string) {
	s.t.Helper()
	var messages []any
	for _, name := range strings.FieldsFunc(incoming, func(c rune) bool { return c == ',' }) {
		switch name = strings.TrimSpace(name); {
		case name == "poison":
			messages = append(messages, &actor.PoisonPill{})
		case strings.Contains(name, " "):
			envelope := routedFrom(s.clients, name)
			s.all[name] = envelope.Message.(*Request)
			messages = append(messages, envelope)
		default:
			messages = append(messages, name)
		}
	}
	var got []string
	for _, message := range s.turns.next(nil, messages, most) {
		switch message := message.(type) {
		case *actor.MessageEnvelope:
			got = append(got, message.Message.(*Request).head.Method)
		case *actor.PoisonPill:
			got = append(got, "poison")
		case string:
			got = append(got, message)
		}
	}
	if have := strings.Join(got, ", "); have != want {
		s.t.Errorf("%s: want %q, got %q", why, want, have)
	}
}

func newTurnScene(t *testing.T) *turnScene {
	return &turnScene{t: t, clients: make(map[string]*account), all: make(map[string]*Request)}
}

func TestClientsTakeTurns(t *testing.T) {
	s := newTurnScene(t)
	s.next("one after the other", "a 1, a 2, a 3, a 4, b 1, c 1", 4, "a 1, b 1, c 1, a 2")
	s.next("who comes has the next turn after those that wait", "d 1, b 2", 3, "a 3, d 1, b 2")
	s.next("who waits alone waits for nobody", "", 3, "a 4")
	if s.number != 0 || s.of != nil || s.clients == nil {
		t.Errorf("want nothing kept, got %+v", s.turns)
	}
}

// With one turn at a time, the first client would get every turn if nobody remembered whose turn it was.
func TestNobodyHasTwoTurnsWhileAnotherWaits(t *testing.T) {
	s := newTurnScene(t)
	s.next("the first", "a 1, a 2, a 3, b 1, b 2", 1, "a 1")
	s.next("the next", "", 1, "b 1")
	s.next("the first again", "", 1, "a 2")
	s.next("more of the first", "a 4", 1, "b 2")
	s.next("that is alone now", "", 2, "a 3, a 4")
}

func TestARequestThatNobodyWaitsForTakesNoTurn(t *testing.T) {
	s := newTurnScene(t)
	s.next("all wait", "a 1, a 2, a 3, b 1, b 2, c 1", 1, "a 1")
	for _, name := range []string{"b 1", "b 2", "a 2"} {
		s.all[name].progress.over.Store(true)
	}
	s.next("what is over leaves the mailbox at once", "", 2, "b 1, b 2, c 1, a 2, a 3")
}

func TestOtherMessagesWaitForNoTurn(t *testing.T) {
	s := newTurnScene(t)
	s.next("they go in their order", "a 1, x, a 2, y, b 1", 1, "x, y, a 1")
	s.next("and so do later ones", "z", 1, "z, b 1")
	s.next("what ends the actor ends it after all that came before", "b 2, poison, b 3, w", 1, "a 2, b 2, poison, w, b 3")
}

// Messages from one actor to another stay in order, even if they are requests and many wait.
func TestMessagesOfOneActorToAnotherStayInOrder(t *testing.T) {
	bubble(t, func(k *kit) {
		var order []string
		child := actor.PropsFromFunc(func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *Request:
				time.Sleep(10 * time.Millisecond)
				order = append(order, message.Path())
				ctx.Respond(message.Text(200, ""))
			case string:
				order = append(order, message)
			}
		})
		var sent []string
		k.serve("/", passingOn(child, func(ctx actor.Context, child *actor.PID) {
			r := ctx.Message().(*Request)
			ctx.Forward(child)
			ctx.Send(child, "after "+r.Path())
			sent = append(sent, r.Path(), "after "+r.Path())
		}))
		for range 100 {
			p := k.dial()
			p.outgoing <- []byte(ask("GET", "/"))
		}
		k.wait(4 * time.Second)
		if len(order) != 200 || !slices.Equal(order, sent) {
			t.Errorf("want %d messages in the order in which they were sent, got %d that begin with %q", len(sent), len(order), order[:min(len(order), 6)])
		}
	})
}

// Abandoned requests of a client count as its own when it comes again. Otherwise each would count as another client,
// and others would have to wait for all of them.
func TestAClientThatComesAgainHasTheSameShare(t *testing.T) {
	p, s := newPeers(0, nil), &shares{}
	for range 5 {
		client, welcome := p.enter("192.0.2.1:1000")
		s.add(client)
		p.leave(client, welcome)
	}
	again, _ := p.enter("192.0.2.1:2000")
	other, _ := p.enter("192.0.2.2:1000")
	if own, clients := s.of(again); own != 5 || clients != 1 {
		t.Errorf("want 5 requests of one client, got %d of %d", own, clients)
	}
	if own, clients := s.of(other); own != 0 || clients != 2 {
		t.Errorf("want none of the second of 2 clients, got %d of %d", own, clients)
	}
	for range 5 {
		s.remove(again)
	}
	if len(s.number) != 0 {
		t.Errorf("want nothing left, got %v", s.number)
	}
}

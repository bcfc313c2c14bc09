package actorstest

import (
	"sync"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A Probe is an actor of the test, next to the handlers. It keeps the messages that it gets for [Next], and answers them
// if it was told how.
type Probe struct {
	t    testing.TB
	name string
	pid  *actor.PID

	inbox  *inbox[any]
	mu     sync.Mutex
	answer func(message any) any
}

// Probe spawns a probe by Server.Spawn, with that name.
func (s *Site) Probe(name string) *Probe {
	s.t.Helper()
	p := &Probe{t: s.t, name: name, inbox: newInbox[any]()}
	pid, err := s.server.Spawn(name, actor.PropsFromFunc(p.receive))
	if err != nil {
		s.t.Fatalf("the probe %s: %v", name, err)
	}
	p.pid = pid
	return p
}

// PID is the address of the probe.
func (p *Probe) PID() *actor.PID { return p.pid }

// Answer makes the probe answer each message with what the function returns; nil answers nothing. The function is called
// on the goroutine of the probe.
func (p *Probe) Answer(answer func(message any) any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

func (p *Probe) receive(ctx actor.Context) {
	message := ctx.Message()
	switch message.(type) {
	case actor.SystemMessage, actor.AutoReceiveMessage:
		return
	}
	p.inbox.put(message)
	p.mu.Lock()
	answer := p.answer
	p.mu.Unlock()
	if answer == nil || ctx.Sender() == nil {
		return
	}
	if response := answer(message); response != nil {
		ctx.Respond(response)
	}
}

// Next returns the next message of that type that a probe got, and drops those of other types before it. The test fails
// if none comes within 10 seconds. Only one goroutine may call it.
func Next[M any](p *Probe) M {
	p.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		message, err := p.inbox.take(late.C)
		if err != nil {
			var none M
			p.t.Fatalf("the probe %s got no %T: %v", p.name, none, err)
		}
		if wanted, is := message.(M); is {
			return wanted
		}
	}
}

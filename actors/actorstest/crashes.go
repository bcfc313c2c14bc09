package actorstest

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/internal/hooks"
)

// A Crash is a panic of an actor, or of a function that the server has called.
type Crash struct {
	Actor  string // its path, as in the log: "router/rooms/red"
	Reason string // what it panicked with
	Stack  string
}

// crashes are the panics of a test: those that happened, and those that are wanted.
type crashes struct {
	mu       sync.Mutex
	happened []Crash
	expected []string // texts of their reasons
	faults   []fault
}

// A fault is a crash that a test wants to happen.
type fault struct {
	actor string
	at    func(message any) bool
}

// watch learns of all crashes, and injects those that are wanted.
func (c *crashes) watch(server *actors.Server) {
	into := hooks.Of(server)
	crashed := func(h hooks.Crash) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.happened = append(c.happened, Crash(h))
	}
	into.Crashed.Store(&crashed)
}

// ExpectCrash lets one actor crash in the test, with a reason that contains the text. If none does, the test fails.
func (s *Site) ExpectCrash(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expected = append(s.expected, text)
}

// Crash makes an actor panic instead of taking a message: the next one for which at returns true. The actor is given by
// its path as in the log, "router/rooms/red", or by the end of that, "rooms/red". at is called on the goroutine of the
// actor, also for messages of its life cycle, such as *actor.Started. The crash is expected.
func (s *Site) Crash(actor string, at func(message any) bool) {
	s.mu.Lock()
	s.faults = append(s.faults, fault{actor, at})
	s.expected = append(s.expected, injected)
	s.mu.Unlock()
	inject := s.inject
	hooks.Of(s.server).Fault.Store(&inject)
}

// injected is the reason of a crash that was injected.
const injected = "injected by a test"

func (c *crashes) inject(actor string, message any) bool {
	c.mu.Lock()
	faults := slices.Clone(c.faults)
	c.mu.Unlock()
	for i, f := range faults {
		if (actor != f.actor && !strings.HasSuffix(actor, "/"+f.actor)) || !f.at(message) {
			continue
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if i < len(c.faults) {
			c.faults = slices.Delete(c.faults, i, i+1)
			return true
		}
	}
	return false
}

// Crashes returns the crashes so far. A crash is noted just after its client has got a 500: on a fake clock, call
// synctest.Wait before.
func (s *Site) Crashes() []Crash {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.happened)
}

// judge fails the test if other crashes have happened than expected.
func (c *crashes) judge(t testing.TB) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, crash := range c.happened {
		i := slices.IndexFunc(c.expected, func(text string) bool { return strings.Contains(crash.Reason, text) })
		if i < 0 {
			t.Errorf("%s crashed: %s\n%s", crash.Actor, crash.Reason, crash.Stack)
			continue
		}
		c.expected = slices.Delete(c.expected, i, i+1)
	}
	for _, text := range c.expected {
		t.Errorf("no actor crashed with %q", text)
	}
}

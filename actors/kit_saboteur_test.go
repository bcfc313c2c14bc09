package actors

import (
	"fmt"
	"regexp"
	"runtime"
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// A deed is what a saboteur does, and where: to which kind of actor, in which behaviour, at which kind
// of message.
type deed struct {
	actor, message string
	fault          fault
	after          int // so many of these messages are let pass
}

func (d deed) String() string {
	return fmt.Sprintf("%s at %s of %s, after %d", d.fault, d.message, d.actor, d.after)
}

// A fault is how a saboteur kills.
type fault string

const (
	panicBefore fault = "panic before" // the message is not handled
	panicAfter  fault = "panic after"  // it is, and then the actor crashes
	exitBefore  fault = "exit before"  // as by a test that is called off within an actor, which ends the goroutine
	exitAfter   fault = "exit after"
	stopIt      fault = "stop" // from outside, while it is at the message
	hang        fault = "hang" // it does not return
)

// A saboteur sits between the mailboxes of a server and its actors, and sees every message.
type saboteur struct {
	mu     sync.Mutex
	seen   map[deed]int // without a fault: how often
	choose func(at deed) fault
	done   []deed
	held   chan struct{} // is closed to let those go that hang
}

// sabotage has a saboteur see all messages of the server. It does nothing until choose is set.
func sabotage(env *env) *saboteur {
	s := &saboteur{seen: make(map[deed]int), choose: func(deed) fault { return "" }, held: make(chan struct{})}
	env.wrap = func(m *mailbox) actor.Mailbox { return &sabotaged{m, s} }
	return s
}

// once chooses one deed.
func once(what deed) func(deed) fault {
	struck := false
	return func(at deed) fault {
		if struck || at.actor != what.actor || at.message != what.message || at.after < what.after {
			return ""
		}
		struck = true
		return what.fault
	}
}

// letGo has the actors return that hang.
func (s *saboteur) letGo() { close(s.held) }

// at is asked for each message, before it is handled.
func (s *saboteur) at(who, message string) fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	place := deed{actor: who, message: message}
	place.after = s.seen[place]
	s.seen[deed{actor: who, message: message}]++
	what := s.choose(place)
	if place.fault = what; what != "" {
		s.done = append(s.done, place)
	}
	return what
}

// struck is how often the saboteur did something.
func (s *saboteur) struck() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.done)
}

// A sabotaged mailbox hands its messages to a saboteur first.
type sabotaged struct {
	actor.Mailbox
	saboteur *saboteur
}

func (m *sabotaged) RegisterHandlers(invoker actor.MessageInvoker, dispatcher actor.Dispatcher) {
	m.Mailbox.RegisterHandlers(&victim{invoker, invoker.(actor.Context), m.saboteur}, dispatcher)
}

// A victim is an actor as its mailbox knows it.
type victim struct {
	actor.MessageInvoker
	actor.Context
	saboteur *saboteur
}

func (v *victim) InvokeUserMessage(message any) {
	v.invoke(actor.UnwrapEnvelopeMessage(message), func() { v.MessageInvoker.InvokeUserMessage(message) })
}

// InvokeSystemMessage lets the saboteur at those messages of the life cycle of which an actor of ours
// sees something before the library has done its part. At Stop and Restart that is only in Stopping,
// Stopped and Restarting, which are guarded: see strikeIn.
func (v *victim) InvokeSystemMessage(message any) {
	switch message.(type) {
	case *actor.Started, *actor.Terminated, *actor.Failure:
		v.invoke(message, func() { v.MessageInvoker.InvokeSystemMessage(message) })
	default:
		v.MessageInvoker.InvokeSystemMessage(message)
	}
}

func (v *victim) invoke(message any, handle func()) {
	what := v.saboteur.at(v.kind(), kind(message))
	if what == stopIt {
		v.Context.ActorSystem().Root.Stop(v.Context.Self())
	}
	v.saboteur.before(what)
	defer v.saboteur.after(what)
	handle()
}

// before strikes before a message is handled.
func (s *saboteur) before(what fault) {
	switch what {
	case panicBefore:
		panic("sabotage")
	case exitBefore:
		runtime.Goexit()
	case hang:
		<-s.held
	}
}

// after strikes when it was.
func (s *saboteur) after(what fault) {
	switch what {
	case panicAfter:
		panic("sabotage")
	case exitAfter:
		runtime.Goexit()
	}
}

var number = regexp.MustCompile(`\$[0-9a-zA-Z]+`)

// kind is the kind of an actor: its path without numbers, and the behaviour of a connection.
func (v *victim) kind() string {
	name := number.ReplaceAllString(path(v.Context.Self()), "")
	if c, ok := v.Context.Actor().(*connection); ok {
		name += " " + [...]string{"awaiting", "collecting", "exchanging", "streaming", "discarding", "closing"}[c.behaviour]
	}
	return name
}

// strikeIn is called by a handler of a test in Stopping, Stopped and Restarting.
func (s *saboteur) strikeIn(ctx actor.Context) {
	switch message := ctx.Message().(type) {
	case *actor.Stopping, *actor.Stopped, *actor.Restarting:
		what := s.at(number.ReplaceAllString(path(ctx.Self()), ""), kind(message))
		s.before(what)
		s.after(what)
	}
}

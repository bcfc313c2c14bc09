package actors

import (
	"reflect"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The supervision of the tree:
//
//	server      resumes the router and the listeners: they have children that must live on
//	├─ router   restarts a handler, for ever: at once after a panic on a request, else after growing pauses
//	│   └─ handler restarts its children in the same way, unless it has a strategy of its own
//	└─ listener restarts a connection with its socket, a few times, then lets it go
//	    └─ connection stops a source of content, and breaks the response off
//
// What becomes of an actor that fails is decided where it fails, by its own mailbox: see policy. Its
// supervisor carries that out. The client that waits for the answer has been told by then (mailbox.go).

// A decision is what becomes of a failed actor.
type decision string

const (
	resume  decision = "resume"
	restart decision = "restart"
	stop    decision = "stop"
	goOn    decision = "go on"           // its supervisor does not hear of it
	parents decision = "of its parent's" // who has a strategy of its own
)

// A verdict is a decision, and how long the actor pauses before it is carried out.
type verdict struct {
	decision decision
	pause    time.Duration
}

// A policy decides about an actor that has failed so many times in a row. A failure on a request is of the
// client that sent it: it never makes another one wait.
type policy func(failures int, onRequest bool) verdict

// resumes is for actors with children: a restart would stop those.
func resumes(int, bool) verdict { return verdict{decision: resume} }

// stops is for sources: content that broke off cannot go on.
func stops(int, bool) verdict { return verdict{decision: stop} }

// restartsForEver never gives a handler up. One that cannot work does not get to use up the machine.
func restartsForEver(failures int, onRequest bool) verdict {
	if onRequest {
		return verdict{decision: restart}
	}
	return verdict{restart, pauseAfter(failures)}
}

// leftToParent is for children of an actor that decides about them itself.
func leftToParent(int, bool) verdict { return verdict{decision: parents} }

// restartsAFewTimes gives a connection up that fails again and again: the client can reconnect.
func restartsAFewTimes(failures int, _ bool) verdict {
	if failures > connectionRestarts {
		return verdict{decision: stop}
	}
	return verdict{decision: restart}
}

const (
	connectionRestarts = 5
	repeats            = 3
	freeRestarts       = 10
	firstPause         = 10 * time.Millisecond
	longestPause       = 5 * time.Second
)

// pauseAfter is the pause before the restart that follows so many failures: none for the first
// ones, then 10 ms, 20 ms, … up to 5 s.
func pauseAfter(failures int) time.Duration {
	if failures <= freeRestarts {
		return 0
	}
	return min(firstPause<<min(failures-freeRestarts-1, 20), longestPause)
}

// failures are those of one actor that followed each other closely.
type failures struct {
	number int
	last   time.Time
}

// add counts one more, and forgets the earlier ones after a quiet time.
func (f *failures) add() int {
	now := time.Now()
	if now.Sub(f.last) > quietTime {
		f.number = 0
	}
	f.number++
	f.last = now
	return f.number
}

// quietTime is how long an actor has to live without failing for its failures to be forgotten.
const quietTime = 10 * time.Second

// A strategy is the supervisor strategy of every supervisor of ours. It carries out the verdict of the
// child's mailbox.
type strategy struct {
	env    *env
	pauses func(child *actor.PID, pause time.Duration) // is told before a pause; may be nil
}

// HandleFailure resumes, restarts or stops the child.
func (s *strategy) HandleFailure(_ *actor.ActorSystem, supervisor actor.Supervisor, child *actor.PID,
	_ *actor.RestartStatistics, reason, message any) {
	c, own := reason.(*crash)
	if !own || !c.mailbox.self.Equal(child) {
		s.sendBack(supervisor, child, &escalated{reason, message})
		return
	}
	switch pause := c.verdict.pause; {
	case c.verdict.decision == resume:
		supervisor.ResumeChildren(child)
		s.repeat(child, message)
	case c.verdict.decision == stop:
		supervisor.StopChildren(child)
	case pause == 0:
		supervisor.RestartChildren(child)
	default:
		if s.pauses != nil {
			s.pauses(child, pause)
		}
		// To its mailbox, and not to its name: another actor may have that by then.
		time.AfterFunc(pause, func() { c.mailbox.PostSystemMessage(&actor.Restart{}) })
	}
}

// sendBack has the mailbox of a child decide about a failure that has not come from there: the child is a supervisor
// of somebody else's, which has escalated the failure of its own child.
func (s *strategy) sendBack(supervisor actor.Supervisor, child *actor.PID, failure *escalated) {
	process, _ := s.env.system.ProcessRegistry.GetLocal(child.Id)
	if mailboxIn(process) == nil {
		supervisor.RestartChildren(child)
		return
	}
	process.SendSystemMessage(child, failure)
}

// mailboxIn is the mailbox of ours that a process has, or nil. The library has no other way to know.
func mailboxIn(process actor.Process) *mailbox {
	of, ok := process.(*actor.ActorProcess)
	if !ok {
		return nil
	}
	field := reflect.ValueOf(of).Elem().FieldByName("mailbox").Elem()
	if field.Type() != reflect.TypeFor[*mailbox]() {
		return nil
	}
	return (*mailbox)(field.UnsafePointer())
}

// repeat has a child that was resumed do again what it failed on: a few times at once, then after pauses. Nobody else
// would: who sent the message thinks that it arrived. A request was answered; a socket is given up after a while.
func (s *strategy) repeat(child *actor.PID, message any) {
	_, failed, _ := actor.UnwrapEnvelope(message)
	again := &resumed{failed: failed, times: 1}
	switch failed := failed.(type) {
	case *Request:
		return
	case *resumed:
		again = &resumed{failed.failed, failed.times + 1}
	}
	root := s.env.system.Root
	if again.times <= repeats {
		root.Send(child, again)
		return
	}
	if accepted, ok := again.failed.(*accepted); ok {
		s.env.refuseAccepted(accepted)
		return
	}
	time.AfterFunc(pauseAfter(freeRestarts+again.times-repeats), func() { root.Send(child, again) })
}

// again does, inside of a resumed actor, what it failed on. If that was the failure of a child, its verdict is
// carried out now: the child would wait for ever.
func (s *strategy) again(ctx actor.Context, message *resumed, receive func(actor.Context, any)) {
	switch failed := message.failed.(type) {
	case *actor.Failure:
		s.HandleFailure(ctx.ActorSystem(), ctx.(actor.Supervisor), failed.Who, failed.RestartStats, failed.Reason, failed.Message)
	default:
		receive(ctx, failed)
	}
}

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
// The mailbox of a failed actor decides what happens to it: see policy. Its supervisor carries that out. By then the
// client that waits for the answer has been told (mailbox.go).

// A decision says what happens to a failed actor.
type decision string

const (
	resume  decision = "resume"
	restart decision = "restart"
	stop    decision = "stop"
	goOn    decision = "go on"           // its supervisor is not told
	parents decision = "of its parent's" // the parent has a strategy of its own
)

// A verdict is a decision, and the pause before it is carried out.
type verdict struct {
	decision decision
	pause    time.Duration
}

// A policy decides about an actor that has failed that many times in a row. A failure on a request is the fault of
// its client: it never makes another client wait.
type policy func(failures int, onRequest bool) verdict

// resumes is for actors with children, which a restart would stop.
func resumes(int, bool) verdict { return verdict{decision: resume} }

// stops is for sources: content that broke off cannot go on.
func stops(int, bool) verdict { return verdict{decision: stop} }

// restartsForEver never gives a handler up. The pauses keep one that cannot work from using up the machine.
func restartsForEver(failures int, onRequest bool) verdict {
	if onRequest {
		return verdict{decision: restart}
	}
	return verdict{restart, pauseAfter(failures)}
}

// leftToParent is for children whose parent has its own strategy.
func leftToParent(int, bool) verdict { return verdict{decision: parents} }

// restartsAFewTimes gives up a connection that fails again and again: the client can reconnect.
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

// pauseAfter is the pause before the restart after that many failures: none at first, then 10 ms, 20 ms, … up to 5 s.
func pauseAfter(failures int) time.Duration {
	if failures <= freeRestarts {
		return 0
	}
	return min(firstPause<<min(failures-freeRestarts-1, 20), longestPause)
}

// failures counts the failures of one actor that followed each other closely.
type failures struct {
	number int
	last   time.Time
}

// add counts a failure, and forgets earlier ones after a quietTime.
func (f *failures) add() int {
	now := time.Now()
	if now.Sub(f.last) > quietTime {
		f.number = 0
	}
	f.number++
	f.last = now
	return f.number
}

// quietTime is how long an actor must live without a failure before its failures are forgotten.
const quietTime = 10 * time.Second

// A strategy is the supervisor strategy of all our supervisors. It carries out the verdict of the child's mailbox.
type strategy struct {
	env    *env
	pauses func(child *actor.PID, pause time.Duration) // called before a pause; may be nil
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
		if c.mailbox.custody != nil {
			c.mailbox.PostSystemMessage(&refuseQueued{pause})
		}
		if s.pauses != nil {
			s.pauses(child, pause)
		}
		// To its mailbox, not to its name: by then another actor may have the name.
		time.AfterFunc(pause, func() { c.mailbox.PostSystemMessage(&actor.Restart{}) })
	}
}

// sendBack lets the mailbox of a child judge a failure that does not come from it: the child is a foreign supervisor
// that has escalated the failure of its own child.
func (s *strategy) sendBack(supervisor actor.Supervisor, child *actor.PID, failure *escalated) {
	process, _ := s.env.system.ProcessRegistry.GetLocal(child.Id)
	if mailboxIn(process) == nil {
		supervisor.RestartChildren(child)
		return
	}
	process.SendSystemMessage(child, failure)
}

// mailboxIn returns the mailbox of a process if it is one of ours; else nil. The library offers no other way to know.
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

// repeat makes a resumed child handle again the message on which it failed: a few times at once, then after pauses.
// Nobody else would send it again, since its sender thinks that it arrived. It does not repeat a request, which is
// answered already, and gives up an accepted socket after a while.
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
	s.env.sendLater(pauseAfter(freeRestarts+again.times-repeats), child, again)
}

// again handles, inside a resumed actor, the message on which it failed. If that was the failure of a child, the
// verdict is carried out now; otherwise the child would wait for ever.
func (s *strategy) again(ctx actor.Context, message *resumed, receive func(actor.Context, any)) {
	switch failed := message.failed.(type) {
	case *actor.Failure:
		s.HandleFailure(ctx.ActorSystem(), ctx.(actor.Supervisor), failed.Who, failed.RestartStats, failed.Reason, failed.Message)
	default:
		receive(ctx, failed)
	}
}

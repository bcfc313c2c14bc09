package actors

import (
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// The supervision of the tree:
//
//	server      resumes the router and the listeners: they have children that must live on
//	├─ router   restarts a handler, at once at first, then after growing pauses, for ever
//	└─ listener restarts a connection with its socket, a few times, then lets it go
//	    └─ connection stops a source of content, and breaks the response off
//
// Whoever waits for the answer to the failed message has been told by then (mailbox.go, custody.go).

// A strategy is the supervisor strategy of every supervisor of ours. It runs on the goroutine of
// the supervisor, so its state needs no lock.
type strategy struct {
	env    *environment
	decide func(failures int) (decision decision, pause time.Duration)
	failed map[string]*failures
	pauses func(child *actor.PID, pause time.Duration) // is told before a pause; may be nil
}

// A decision is what becomes of a failed child.
type decision string

const (
	resume  decision = "resume"
	restart decision = "restart"
	stop    decision = "stop"
)

// failures are those of one child that followed each other closely.
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

// quietTime is how long a child has to live without failing for its failures to be forgotten.
const quietTime = 10 * time.Second

// resuming is for children with children: a restart would stop those.
func (env *environment) resuming() *strategy {
	return env.strategy(func(int) (decision, time.Duration) { return resume, 0 })
}

// restartingHandlers never gives a handler up. One that panics now and then is back at once; one
// that cannot work does not get to use up the machine.
func (env *environment) restartingHandlers() *strategy {
	return env.strategy(func(failures int) (decision, time.Duration) { return restart, pauseAfter(failures) })
}

// restartingConnections gives a connection up that fails again and again: the client can reconnect.
func (env *environment) restartingConnections() *strategy {
	return env.strategy(func(failures int) (decision, time.Duration) {
		if failures > connectionRestarts {
			return stop, 0
		}
		return restart, 0
	})
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

func (env *environment) strategy(decide func(int) (decision, time.Duration)) *strategy {
	return &strategy{env: env, decide: decide, failed: make(map[string]*failures)}
}

// HandleFailure resumes, restarts or stops the child.
func (s *strategy) HandleFailure(_ *actor.ActorSystem, supervisor actor.Supervisor, child *actor.PID,
	_ *actor.RestartStatistics, reason, message any) {
	decision, pause := s.decide(s.count(child))
	s.env.log.crashed(child, asCrash(reason), message, string(decision), pause)
	switch {
	case decision == resume:
		supervisor.ResumeChildren(child)
		s.repeat(child, message)
	case decision == stop:
		supervisor.StopChildren(child)
	case pause == 0:
		supervisor.RestartChildren(child)
	default:
		if s.pauses != nil {
			s.pauses(child, pause)
		}
		self := supervisor.(actor.Context).Self()
		time.AfterFunc(pause, func() { s.env.system.Root.Send(self, &RestartDue{child}) })
	}
}

// repeat has a child that was resumed do again what it failed on, a few times. Nobody else would: who
// sent the message thinks that it arrived.
func (s *strategy) repeat(child *actor.PID, message any) {
	_, failed, _ := actor.UnwrapEnvelope(message)
	again := &Resumed{failed: failed, times: 1}
	switch failed := failed.(type) {
	case *Request:
		return // it was answered
	case *Resumed:
		again = &Resumed{failed.failed, failed.times + 1}
	}
	if again.times > repeats {
		s.env.refuse(again.failed, nil, 0)
		again.failed = nil
	}
	s.env.system.Root.Send(child, again)
}

// again does, inside of a resumed actor, what it failed on. If that was the failure of a child, it is
// decided anew: the child would wait for ever.
func (s *strategy) again(ctx actor.Context, message *Resumed, receive func(actor.Context, any)) {
	switch failed := message.failed.(type) {
	case nil:
	case *actor.Failure:
		s.HandleFailure(ctx.ActorSystem(), ctx.(actor.Supervisor), failed.Who, failed.RestartStats, failed.Reason, failed.Message)
	default:
		receive(ctx, failed)
	}
}

// givingUp is the strategy for the sources of a connection: content that broke off cannot go on.
type givingUp struct{ env *environment }

// HandleFailure stops the source; the connection is told by its end.
func (g givingUp) HandleFailure(_ *actor.ActorSystem, supervisor actor.Supervisor, child *actor.PID,
	_ *actor.RestartStatistics, reason, message any) {
	g.env.log.crashed(child, asCrash(reason), message, string(stop), 0)
	supervisor.StopChildren(child)
}

func asCrash(reason any) *crash {
	if c, ok := reason.(*crash); ok {
		return c
	}
	return &crash{reason: reason}
}

func (s *strategy) count(child *actor.PID) int {
	f := s.failed[child.Id]
	if f == nil {
		f = &failures{}
		s.failed[child.Id] = f
	}
	return f.add()
}

// forget drops what is known of a child that has stopped.
func (s *strategy) forget(child *actor.PID) { delete(s.failed, child.Id) }

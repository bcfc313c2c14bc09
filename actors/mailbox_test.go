package actors

import (
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/dispatch"
)

// spawn makes an actor with our mailbox, below a parent that restarts it.
func (k *kit) spawn(env *env, receive actor.ReceiveFunc) (*probe, *actor.PID) {
	parent := k.probe(env, "router", &strategy{env: env})
	var pid *actor.PID
	parent.do(func(ctx actor.Context) {
		pid, _ = ctx.SpawnNamed(actor.PropsFromFunc(receive, env.options()...), "handler")
	})
	return parent, pid
}

func TestALifeInOrder(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		var life []string
		parent, pid := k.spawn(env, func(ctx actor.Context) {
			life = append(life, kind(ctx.Message()))
			if ctx.Message() == "panic" {
				panic("asked to")
			}
		})
		for _, message := range []any{1, "panic", 2.5} {
			env.system.Root.Send(pid, message)
		}
		k.wait(0)
		env.system.Root.Stop(pid)
		want[*actor.Terminated](parent, "the child has stopped")
		wanted := []string{"Started", "int", "string", "Restarting", "Started", "float64", "Stopping", "Stopped"}
		if !slices.Equal(life, wanted) {
			t.Errorf("only the message that failed is lost: want %q, got %q", wanted, life)
		}
	})
}

func TestStopOvertakesAndPoisonDoesNot(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(*actor.RootContext, *actor.PID)
		want int
	}{
		"stop":   {(*actor.RootContext).Stop, 1},
		"poison": {(*actor.RootContext).Poison, 11},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(k *kit) {
				env := k.environment()
				handled, goOn := 0, make(chan struct{})
				parent, pid := k.spawn(env, func(ctx actor.Context) {
					if _, ok := ctx.Message().(int); ok {
						<-goOn
						handled++
					}
				})
				for n := range 11 {
					env.system.Root.Send(pid, n)
				}
				k.wait(0)
				test.end(env.system.Root, pid)
				close(goOn)
				want[*actor.Terminated](parent, "the child has stopped")
				if handled != test.want {
					t.Errorf("want %d messages before the end, got %d", test.want, handled)
				}
			})
		})
	}
}

func TestRequestsInTheQueueOfAStoppedActorAreAnswered(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		client := k.probe(env, "client", nil)
		goOn := make(chan struct{})
		_, pid := k.spawn(env, func(ctx actor.Context) {
			if ctx.Message() == "wait" {
				<-goOn
			}
		})
		env.system.Root.Send(pid, "wait")
		for n := range uint64(3) {
			env.system.Root.RequestWithCustomSender(pid, &Request{exchange: n}, client.pid)
		}
		env.system.Root.Send(pid, &Request{}) // nobody waits for this one
		env.system.Root.Stop(pid)
		close(goOn)
		for n := range uint64(3) {
			if got := want[*handlerStopped](client, "whoever waits is told, in order"); got.exchange != n {
				t.Errorf("want exchange %d, got %d", n, got.exchange)
			}
		}
		client.wantNone("each is told once")
	})
}

func TestABurstIsNotKept(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		handled := 0
		_, pid := k.spawn(env, func(ctx actor.Context) {
			if _, ok := ctx.Message().(int); ok {
				handled++
			}
		})
		for round := 1; round <= 3; round++ {
			for n := range 10_000 {
				env.system.Root.Send(pid, n)
			}
			k.wait(soon)
			if handled != round*10_000 {
				t.Fatalf("burst %d: want all to arrive, got %d", round, handled)
			}
		}
	})
}

// A goroutine that has drained a mailbox must not use it again: another may run it already. The fault shows as a data
// race, or as an unexplained crash.
func TestADrainedMailboxBelongsToTheNextRun(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		var handled, crashes atomic.Int32
		const messages = 20_000
		props := actor.PropsFromFunc(func(ctx actor.Context) {
			switch ctx.Message().(type) {
			case int:
				handled.Add(1)
			case *actor.Restarting:
				crashes.Add(1)
			}
		}, env.options()...)
		props.Configure(actor.WithDispatcher(actor.NewDefaultDispatcher(dispatch.Throughput))) // a goroutine for each run
		pid := env.system.Root.Spawn(props)
		for n := range int32(messages) {
			for handled.Load() < n {
				runtime.Gosched()
			}
			env.system.Root.Send(pid, int(n)) // the mailbox is about to be drained: this wakes it elsewhere
		}
		k.wait(soon)
		if n := crashes.Load(); n > 0 || handled.Load() != messages {
			t.Errorf("nothing failed: want %d messages and no restart, got %d and %d", messages, handled.Load(), n)
		}
		env.system.Root.Stop(pid)
		k.wait(soon)
	})
}

// A message that comes while the actor waits for its restart does not pass those that came before it.
func TestMessagesStayInOrderOverARestart(t *testing.T) {
	bubble(t, func(k *kit) {
		env := k.environment()
		var got []int
		_, pid := k.spawn(env, func(ctx actor.Context) {
			switch message := ctx.Message().(type) {
			case *actor.Restarting:
				time.Sleep(time.Second)
			case int:
				if message == 0 {
					panic("on the first")
				}
				got = append(got, message)
			}
		})
		for n := range 50 {
			env.system.Root.Send(pid, n)
			if n%10 == 5 {
				k.wait(100 * time.Millisecond)
			}
		}
		k.wait(time.Minute)
		for i, n := range got {
			if n != i+1 {
				t.Fatalf("want all in order, got %v", got)
			}
		}
		if len(got) != 49 {
			t.Errorf("want 49 messages, got %v", got)
		}
	})
}

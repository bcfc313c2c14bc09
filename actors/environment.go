package actors

import (
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// An environment is what all actors of one server share. It does not change while they live.
type environment struct {
	config     Config
	system     *actor.ActorSystem
	dispatcher *Dispatcher
	log        *actorLog
	routes     *routeTable
	date       dateCache
}

// props makes the props of an actor of ours: on the warm dispatcher, with a mailbox that sees, under
// the strategy for its own children.
func (env *environment) props(produce actor.Producer, children actor.SupervisorStrategy) *actor.Props {
	return actor.PropsFromProducer(produce, env.options(actor.WithSupervisor(children))...)
}

func (env *environment) options(more ...actor.PropsOption) []actor.PropsOption {
	return append(more, actor.WithDispatcher(env.dispatcher), actor.WithMailbox(env.newMailbox))
}

// A dateCache formats the time once a second (RFC 9110 §6.6.1).
type dateCache struct{ last atomic.Pointer[datedSecond] }

type datedSecond struct {
	second int64
	text   string
}

// IMF-fixdate (RFC 9110 §5.6.7)
const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"

func (c *dateCache) at(now time.Time) string {
	second := now.Unix()
	if last := c.last.Load(); last != nil && last.second == second {
		return last.text
	}
	text := now.UTC().Format(httpDate)
	c.last.Store(&datedSecond{second, text})
	return text
}

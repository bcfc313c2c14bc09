package actors

import (
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// TopicOf returns the topic of the actor that calls it. The topic outlives a crash of the actor, and an actor of PerKey
// that idles out: its subscribers stay, and the next incarnation, or the next actor with the key, gets the same topic. It
// ends when the actor has stopped and the last subscriber has left. The options count when the topic is made.
//
//	case *actor.Started:
//		r.live = actors.TopicOf(ctx, actors.TopicOptions{})
//	case *actors.Request:
//		if request.Method() == "POST" {
//			r.live.Publish(actors.Event{Data: string(request.Body)})
//			…
//		}
//		ctx.Respond(request.Events(r.live))
//
// With TopicOptions.Announce, the actor gets a [Subscribed] for each subscriber that comes, and, after a restart, for
// each that is there. Only the goroutine of the actor may call TopicOf; the actor has to be one of a server's.
func TopicOf(ctx actor.Context, options TopicOptions) *Topic {
	own, ours := ctx.(*handlerContext)
	if !ours {
		mistake("TopicOf: the actor is not one of a server's: use NewTopic")
	}
	t := own.env.topics.of(own.Self(), options)
	t.mu.Lock()
	defer t.mu.Unlock()
	if incarnation := own.incarnation.Load(); t.known != incarnation {
		t.known = incarnation
		for s := range t.subscribers {
			t.announce(own.env, &Subscribed{t, s})
		}
	}
	return t
}

// announce tells the owner of something, if it is there. The topic must be locked.
func (t *Topic) announce(env *env, what any) {
	if t.options.Announce && env.hasActor(t.owner) {
		env.system.Root.Send(t.owner, what)
	}
}

// topics are the topics of actors, by the id of the actor.
type topics struct {
	mu  sync.Mutex
	all map[string]*Topic
}

func (all *topics) of(owner *actor.PID, options TopicOptions) *Topic {
	all.mu.Lock()
	defer all.mu.Unlock()
	t := all.all[owner.Id]
	if t == nil {
		if all.all == nil {
			all.all = make(map[string]*Topic)
		}
		t = newTopic(options, owner)
		all.all[owner.Id] = t
	}
	return t
}

// release forgets the topic of an actor if the actor has stopped and nobody is subscribed.
func (all *topics) release(env *env, owner *actor.PID) {
	if owner == nil {
		return
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if t := all.all[owner.Id]; t != nil && !env.hasActor(owner) && len(t.Subscribers()) == 0 {
		delete(all.all, owner.Id)
	}
}

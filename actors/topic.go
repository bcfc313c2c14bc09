package actors

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A Topic is what clients subscribe to with [Request.Events]. Its subscribers get all events that are published. It may
// be used from any goroutine, and publishing never waits for a client.
//
// TopicOf gives an actor a topic of its own, NewTopic makes one for any other use.
type Topic struct {
	options TopicOptions
	run     string     // begins the ids of its events: a client may know those of an earlier run
	owner   *actor.PID // whose topic it is; nil for none

	mu          sync.Mutex
	number      uint64 // of the last event
	recent      recentEvents
	subscribers map[*Subscriber]struct{}
	dropped     uint64
	known       *actor.Actor // the incarnation of the owner that was told of the subscribers
}

// TopicOptions are the settings of a topic. The zero value works: a zero field means its default.
type TopicOptions struct {
	// Outbox is how many events may wait for a client that reads slowly: 64. They may have 64 KiB together.
	Outbox int
	// Overflow says what happens to further events for that client: DropOldest.
	Overflow Overflow
	// Replay is how many of the last events are kept, for clients that come back: 64. They may have 16 KiB together.
	// Below 0 none are kept.
	Replay int
	// Heartbeat is after which silence a client gets a comment: 15 s. Proxies close connections that are silent for
	// longer, and a client that has left in silence is noticed. Below 0 there is none.
	Heartbeat time.Duration
	// Retry is after which time a client comes back if the connection breaks: 2 s. When the server drains, clients come
	// back at random times, up to five times as late.
	Retry time.Duration
	// Announce makes the owner of the topic get a Subscribed and an Unsubscribed for each subscriber.
	Announce bool
}

// An Overflow says which event is dropped for a client that reads too slowly. Other clients get it all the same.
type Overflow uint8

const (
	DropOldest Overflow = iota // the one that has waited for longest
	DropNewest                 // the new one
	Coalesce                   // one with the same Key as the new one, also if there is room; else as DropOldest
	Disconnect                 // none: the stream ends, the client comes back, and gets what it has missed
)

const (
	outboxOctets = 64 << 10
	replayOctets = 16 << 10
)

func (o TopicOptions) withDefaults() TopicOptions {
	if o.Outbox <= 0 {
		o.Outbox = 64
	}
	if o.Replay == 0 {
		o.Replay = 64
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 15 * time.Second
	}
	if o.Retry <= 0 {
		o.Retry = 2 * time.Second
	}
	return o
}

// NewTopic makes a topic that belongs to no actor. It lives as long as it is used.
func NewTopic(options TopicOptions) *Topic {
	if options.Announce {
		mistake("NewTopic: a topic without an owner announces nothing: TopicOf makes one that belongs to an actor")
	}
	return newTopic(options, nil)
}

func newTopic(options TopicOptions, owner *actor.PID) *Topic {
	options = options.withDefaults()
	t := &Topic{options: options, owner: owner, run: strconv.FormatUint(rand.Uint64(), 36), subscribers: make(map[*Subscriber]struct{})}
	t.recent = recentEvents{most: options.Replay, before: t.idOf(0), last: t.idOf(0)}
	return t
}

// Publish sends an event to all subscribers. It returns the id of the event.
func (t *Topic) Publish(event Event) (id string) {
	t.mu.Lock()
	t.number++
	if event.ID == "" {
		event.ID = t.idOf(t.number)
	}
	piece := eventPiece{id: event.ID, key: event.Key, octets: event.appendTo(nil)}
	t.recent.add(piece)
	var deliveries []eventDelivery
	for s := range t.subscribers {
		if d, is := s.offer(piece); is {
			deliveries = append(deliveries, d)
		}
	}
	t.mu.Unlock()
	for _, d := range deliveries {
		d.send()
	}
	return event.ID
}

func (t *Topic) idOf(number uint64) string { return t.run + "-" + strconv.FormatUint(number, 10) }

// remove ends a subscription. The topic must be locked.
func (t *Topic) remove(s *Subscriber) {
	if s.gone {
		return
	}
	s.gone, s.demand, s.first, s.outbox = true, nil, nil, nil
	delete(t.subscribers, s)
	t.announce(s.request.env, &Unsubscribed{t, s})
}

// Subscribers returns the current subscribers, in no order.
func (t *Topic) Subscribers() []*Subscriber {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := make([]*Subscriber, 0, len(t.subscribers))
	for s := range t.subscribers {
		all = append(all, s)
	}
	return all
}

// Dropped returns how many events were dropped so far, for all clients that were too slow.
func (t *Topic) Dropped() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dropped
}

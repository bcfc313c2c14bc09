package actors

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// leftovers are what a server still holds. After its end, nothing may be left.
func (env *env) leftovers() (left []string) {
	add := func(n int, what string) {
		if n != 0 {
			left = append(left, fmt.Sprint(n, " ", what))
		}
	}
	add(env.dispatcher.Due(), "mailboxes that are due")
	add(len(env.dispatcher.Running()), "mailboxes that run")
	if len(left) > 0 {
		return left // what they have is theirs until they are through
	}
	for range 100 {
		if env.content.forgotten.Load() == 0 {
			break
		}
		runtime.GC() // it finds the content that its actor still had at the end
	}
	add(int(env.content.held.Load()), "octets of content")
	add(int(env.content.uploads.waits.Load()), "uploads that wait for room")
	add(len(env.content.uploads.all), "uploads")
	add(int(env.lingering.Load()), "sockets that linger")
	add(len(env.connections.all), "connections")
	for i := range env.peers.shards {
		add(len(env.peers.shards[i].peers), "peers")
	}
	env.ending.Range(func(id, _ any) bool { left = append(left, fmt.Sprint("the end of ", id)); return true })
	for _, handler := range env.routes().handlers {
		places, lines := placesOf(handler)
		for _, q := range lines {
			add(q.length(), "requests in the line of "+handler.name)
			add(int(q.abandoned.Load()), "abandoned requests in the line of "+handler.name)
			add(len(q.shares.number), "clients in the line of "+handler.name)
			add(int(q.busySince.Load()), "is since when it has been busy: "+handler.name)
			if m := q.owner.Load(); m != nil && !m.isGone() {
				left = append(left, "an actor of "+handler.name)
			} else if m != nil {
				add(m.UserMessageCount(), "messages in the mailbox of "+handler.name)
				add(len(m.stash), "messages in the stash of "+handler.name)
				m.custody.mu.Lock()
				kept := len(m.custody.kept)
				m.custody.mu.Unlock()
				add(kept, "requests in the custody of "+handler.name)
			}
		}
		for _, at := range places {
			add(len(at.waiting), "requests that wait for a birth: "+at.name)
			add(int(at.use.open.Load()), "exchanges of "+at.name)
		}
	}
	for _, bucket := range env.system.ProcessRegistry.LocalPIDs.LocalPIDs {
		bucket.IterCb(func(id string, _ any) {
			if !slices.Contains([]string{"eventstream", "deadletter"}, id) && !strings.HasPrefix(id, "guardian") {
				left = append(left, id)
			}
		})
	}
	return left
}

// leftoversSoon are the leftovers after everything that needs a moment has had it.
func (env *env) leftoversSoon() (left []string) {
	for giveUp := time.Now().Add(patience); time.Now().Before(giveUp); time.Sleep(10 * time.Millisecond) {
		if left = env.leftovers(); len(left) == 0 {
			break
		}
	}
	return left
}

// placesOf are the places of a handler, and the lines of requests for it.
func placesOf(h *handler) (places []*place, lines []*queue) {
	switch placement := h.placement.(type) {
	case *pool:
		places = placement.places
	case *keyed:
		for _, at := range placement.places {
			places = append(places, at)
		}
	case *crew:
		lines = append(lines, placement.line)
		places = append(places, placement.free...)
	}
	for _, at := range places {
		lines = append(lines, at.line)
	}
	return places, lines
}

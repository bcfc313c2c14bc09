package actors

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// uploads are the requests whose content is being collected. Where there is no room for more, the slowest
// gives way.
type uploads struct {
	waits   atomic.Int32 // how many wait for room
	mu      sync.Mutex
	all     map[*upload]struct{}
	leaving *upload // that was asked last to give way, if it is still there
}

// An upload is the content of one request while it comes. It belongs to the connection, but for what is
// guarded by uploads.
type upload struct {
	connection *actor.PID
	begun      instant
	octets     atomic.Int64 // so far

	window       instant // when the time began in which a least number of octets has to come
	windowOctets int64   // that had come by then
	marked       instant // when the last mark was set

	// Guarded by uploads.
	marks     [2]mark // the rate counts from the first
	asked     instant // when it was asked to give way; 0 if it was not
	waitsRoom bool
}

// A mark says how many octets had come by some time.
type mark struct {
	at     instant
	octets int64
}

const (
	// uploadAge is how long an upload is there before its rate counts.
	uploadAge = time.Second
	// markAge is how old a mark becomes before the next one is set: a rate is that of the last one to two of
	// these, so that what came fast long ago is no credit.
	markAge = 5 * time.Second
	// giveWayTime is how long an upload has to give way. One that does not, because its client takes nothing
	// of what was said before, has another one go.
	giveWayTime = 250 * time.Millisecond
)

// begin adds an upload.
func (u *uploads) begin(connection *actor.PID, now instant) *upload {
	begun := mark{at: now}
	added := &upload{connection: connection, begun: now, window: now, marked: now, marks: [2]mark{begun, begun}}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all == nil {
		u.all = make(map[*upload]struct{})
	}
	u.all[added] = struct{}{}
	return added
}

// came notes that octets have come.
func (u *uploads) came(to *upload, octets int, now instant) {
	to.octets.Add(int64(octets))
	if between(to.marked, now) < markAge {
		return
	}
	to.marked = now
	u.mu.Lock()
	defer u.mu.Unlock()
	to.marks = [2]mark{to.marks[1], {now, to.octets.Load()}}
}

// end removes an upload. It reports whether that was to give way: somebody may still wait for it.
func (u *uploads) end(ended *upload) (asked bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.all, ended)
	if u.leaving == ended {
		u.leaving = nil
	}
	if ended.waitsRoom {
		u.waits.Add(-1)
	}
	return ended.asked != 0
}

// await has an upload be told when there may be room. What was made before is to be looked for after that.
func (u *uploads) await(waits *upload) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !waits.waitsRoom {
		waits.waitsRoom = true
		u.waits.Add(1)
	}
}

// makeRoom finds the upload that gives way for another one: the slowest; nil if one is about to go already. It is
// false if that is the other one itself, or if all have just begun.
func (u *uploads) makeRoom(newcomer *upload, now instant) (slowest *upload, found bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.leaving != nil && between(u.leaving.asked, now) < giveWayTime {
		return nil, true
	}
	for other := range u.all {
		if other.asked == 0 && other.isOld(now) && (slowest == nil || other.rate(now) < slowest.rate(now)) {
			slowest = other
		}
	}
	if slowest == nil || slowest == newcomer {
		return nil, false
	}
	slowest.asked, u.leaving = now, slowest
	return slowest, true
}

// waiting are the connections of some that wait for room, which do not wait any more. If the room is not for them,
// the others look for themselves before long.
func (u *uploads) waiting() (connections []*actor.PID) {
	if u.waits.Load() == 0 {
		return nil
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for other := range u.all {
		if other.waitsRoom {
			other.waitsRoom = false
			u.waits.Add(-1)
			if connections = append(connections, other.connection); len(connections) == mostWoken {
				break
			}
		}
	}
	return connections
}

// mostWoken are how many look at a time whether there is room for them.
const mostWoken = 16

func (u *upload) isOld(now instant) bool { return between(u.begun, now) >= uploadAge }

// rate is how many octets came a second lately, of an upload that is old enough.
func (u *upload) rate(now instant) float64 {
	from := u.marks[0]
	return float64(u.octets.Load()-from.octets) / max(between(from.at, now), uploadAge).Seconds()
}

// isTooSlow reports whether fewer octets have come than a window of that length has to have at that rate. Then,
// or now, the next window begins.
func (u *upload) isTooSlow(now instant, window time.Duration, rate int) bool {
	if between(u.window, now) < window {
		return false
	}
	came := u.octets.Load() - u.windowOctets
	u.window, u.windowOctets = now, u.octets.Load()
	return float64(came) < float64(rate)*window.Seconds()
}

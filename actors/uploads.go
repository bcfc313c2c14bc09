package actors

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// uploads are the requests whose content is being collected. If there is no room for more content, the slowest one
// gives way.
type uploads struct {
	waits   atomic.Int32 // how many wait for room
	mu      sync.Mutex
	all     map[*upload]struct{}
	leaving *upload // the last one asked to give way, while it exists
}

// An upload is the content of one request while it comes. It belongs to the connection, except for the fields that
// uploads guards.
type upload struct {
	connection *actor.PID
	begun      instant
	octets     atomic.Int64 // so far

	window       instant // when the current window of BodyTimeout began
	windowOctets int64   // octets that had come by then
	marked       instant // when the last mark was set

	// Guarded by uploads.
	marks     [2]mark // the rate is measured from the first
	asked     instant // when it was asked to give way; zero if never
	waitsRoom bool
}

// A mark says how many octets had come at some time.
type mark struct {
	at     instant
	octets int64
}

const (
	// uploadAge is the age from which the rate of an upload counts.
	uploadAge = time.Second
	// markAge is the time between two marks. A rate covers the last one to two markAges, so that octets that came
	// fast long ago are no credit.
	markAge = 5 * time.Second
	// giveWayTime is how long an upload has to give way. If it does not in time, because its client takes none of the
	// earlier responses, another upload is asked.
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

// came notes that octets have arrived.
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

// end removes an upload. It reports whether the upload had been asked to give way: others may still wait for that.
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

// await marks an upload to be told when there may be room. The caller must then look once more for room that was made
// before.
func (u *uploads) await(waits *upload) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !waits.waitsRoom {
		waits.waitsRoom = true
		u.waits.Add(1)
	}
}

// makeRoom finds the slowest upload, to give way for another one; nil if one is about to go already. It returns false
// if that other one is the slowest, or if all have just begun.
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

// waiting returns the connections of up to mostWoken uploads that wait for room, and unmarks them. If they do not use
// the room, the others soon look by themselves.
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

// mostWoken is how many look for room at a time.
const mostWoken = 16

func (u *upload) isOld(now instant) bool { return between(u.begun, now) >= uploadAge }

// rate is the recent octets per second of an upload that is old enough.
func (u *upload) rate(now instant) float64 {
	from := u.marks[0]
	return float64(u.octets.Load()-from.octets) / max(between(from.at, now), uploadAge).Seconds()
}

// isTooSlow reports whether a full window of that length brought fewer octets than the rate demands. It then begins
// the next window.
func (u *upload) isTooSlow(now instant, window time.Duration, rate int) bool {
	if between(u.window, now) < window {
		return false
	}
	came := u.octets.Load() - u.windowOctets
	u.window, u.windowOctets = now, u.octets.Load()
	return float64(came) < float64(rate)*window.Seconds()
}

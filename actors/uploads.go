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
	waits atomic.Int32 // how many wait for room
	mu    sync.Mutex
	all   map[*upload]struct{}
}

// An upload is the content of one request while it comes. It belongs to the connection, but for what is
// guarded by uploads.
type upload struct {
	connection *actor.PID
	exchange   uint64
	begun      time.Time
	octets     atomic.Int64 // so far

	window       time.Time // when the time began in which a least number of octets has to come
	windowOctets int64     // that had come by then

	// Guarded by uploads.
	givesWay  bool
	waitsRoom bool
}

// begin adds an upload.
func (u *uploads) begin(connection *actor.PID, exchange uint64, now time.Time) *upload {
	added := &upload{connection: connection, exchange: exchange, begun: now, window: now}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all == nil {
		u.all = make(map[*upload]struct{})
	}
	u.all[added] = struct{}{}
	return added
}

// end removes an upload.
func (u *uploads) end(ended *upload) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.all, ended)
	if ended.waitsRoom {
		u.waits.Add(-1)
	}
}

// makeRoom has the upload wait for room, and finds the one that gives way for it: the slowest. It is false
// if that is the upload itself, or if all have just begun.
func (u *uploads) makeRoom(newcomer *upload, now time.Time) (slowest *upload, waits bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	leaving := false
	for other := range u.all {
		leaving = leaving || other.givesWay
		if !other.givesWay && other.isOld(now) && (slowest == nil || other.rate(now) < slowest.rate(now)) {
			slowest = other
		}
	}
	if slowest == newcomer || slowest == nil && !leaving {
		return nil, false
	}
	if leaving {
		slowest = nil // there will be room in a moment
	} else {
		slowest.givesWay = true
	}
	if !newcomer.waitsRoom {
		newcomer.waitsRoom = true
		u.waits.Add(1)
	}
	return slowest, true
}

// waiting are the connections of those that wait for room, which do not wait any more.
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
			connections = append(connections, other.connection)
		}
	}
	return connections
}

// uploadAge is how long an upload is there before its rate counts.
const uploadAge = time.Second

func (u *upload) isOld(now time.Time) bool { return now.Sub(u.begun) >= uploadAge }

// rate is how many octets came a second, of an upload that is old enough.
func (u *upload) rate(now time.Time) float64 {
	return float64(u.octets.Load()) / now.Sub(u.begun).Seconds()
}

// isTooSlow reports whether fewer octets have come than a window of that length has to have at that rate. Then,
// or now, the next window begins.
func (u *upload) isTooSlow(now time.Time, window time.Duration, rate int) bool {
	if now.Sub(u.window) < window {
		return false
	}
	came := u.octets.Load() - u.windowOctets
	u.window, u.windowOctets = now, u.octets.Load()
	return float64(came) < float64(rate)*window.Seconds()
}

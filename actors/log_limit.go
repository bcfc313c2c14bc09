package actors

import (
	"cmp"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// Limits for lines that anybody who can connect can cause without one readable request. A window begins with the
// first such line; at its end, the omitted lines are summed up.
const (
	limitWindow  = 10 * time.Second
	linesOfAPeer = 10   // per window and network (see peerNetwork)
	linesOfAll   = 100  // per window, over all peers
	mostPeers    = 1024 // told apart; others are counted together
	summedPeers  = 10   // summed up one by one, those with the most lines first
)

// A lineLimit decides which lines about malformed requests are written. It holds at most about 100 KiB, and a timer
// while a window is open, but no goroutine.
type lineLimit struct {
	mu     sync.Mutex
	window *time.Timer // closes the window; nil if there is none
	since  time.Time   // when it began
	lines  int         // written in the window
	peers  map[netip.Prefix]peerLines
	others uint64     // omitted lines of peers that are not told apart
	level  slog.Level // the highest level of an omitted line
}

type peerLines struct {
	written int
	leftOut uint64
}

// allow reports whether one more line about the peer may be written. If not, it counts the line. closed is called at
// the end of the window.
func (l *lineLimit) allow(level slog.Level, peer string, closed func()) bool {
	network := peerNetwork(peer)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.window == nil {
		l.since, l.window = time.Now(), time.AfterFunc(limitWindow, closed)
		l.peers, l.level = make(map[netip.Prefix]peerLines), slog.LevelInfo
	}
	lines, known := l.peers[network]
	if !known && len(l.peers) == mostPeers {
		l.level = max(l.level, level)
		l.others++
		return false
	}
	may := lines.written < linesOfAPeer && l.lines < linesOfAll
	if may {
		lines.written++
		l.lines++
	} else {
		l.level = max(l.level, level)
		lines.leftOut++
	}
	l.peers[network] = lines
	return may
}

// A leftOut is how many lines about one peer were omitted.
type leftOut struct {
	network netip.Prefix
	count   uint64
}

// close ends the window, if there is one, and returns what was omitted: most for the peers with the most lines,
// others for all other peers together, of which apart could be told apart.
func (l *lineLimit) close() (most []leftOut, others uint64, apart int, since time.Time, level slog.Level) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.window == nil {
		return nil, 0, 0, since, level
	}
	l.window.Stop()
	for network, lines := range l.peers {
		if lines.leftOut > 0 {
			most = append(most, leftOut{network, lines.leftOut})
		}
	}
	slices.SortFunc(most, func(a, b leftOut) int {
		return cmp.Or(cmp.Compare(b.count, a.count), a.network.Compare(b.network))
	})
	others, since, level = l.others, l.since, l.level
	for _, one := range most[min(len(most), summedPeers):] {
		others += one.count
		apart++
	}
	l.window, l.lines, l.others, l.peers = nil, 0, 0, nil
	return most[:len(most)-apart], others, apart, since, level
}

// muted reports whether a malformed request of the peer gets no line of that level. At debug level, where every
// message is a line, every request gets one.
func (l *actorLog) muted(level slog.Level, peer string) bool {
	return l.enabled(level) && !l.enabled(slog.LevelDebug) && !l.limit.allow(level, peer, l.sumUp)
}

// sumUp logs what was omitted: one line for each peer with many, and one for all others.
func (l *actorLog) sumUp() {
	most, others, apart, since, level := l.limit.close()
	tell := func(whose slog.Attr, count uint64) {
		l.write(level, &actor.PID{Id: serverName}, "rejected without a line", whose,
			slog.Uint64("count", count), slog.Time("since", since))
	}
	for _, one := range most {
		tell(slog.String("peer", networkName(one.network)), one.count)
	}
	if others > 0 {
		tell(slog.Int("peers", apart), others)
	}
}

// networkName is an address, an IPv6 network, or "local" for a client with neither.
func networkName(network netip.Prefix) string {
	switch {
	case !network.IsValid():
		return "local"
	case network.IsSingleIP():
		return network.Addr().String()
	}
	return network.String()
}

package actors

import (
	"log/slog"
	"regexp"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// A crashLog keeps crashes that repeat from filling the log: of the actors of one kind some are logged in
// full, and the others are counted, and summed up every quietTime.
type crashLog struct {
	log   *actorLog
	mu    sync.Mutex
	kinds map[string]*repeatedCrash
}

// A repeatedCrash is what is known of the crashes of one kind of actor.
type repeatedCrash struct {
	who         *actor.PID // one of them
	inFull      int        // logged so far
	counted     int        // since the last sum
	first, last time.Time  // of those
	text        string     // of the last
	timer       *time.Timer
}

const (
	crashesInFull   = 3    // of one kind of actor, until it has been quiet for quietTime
	mostCrashKinds  = 1000 // that are told apart
	otherCrashKinds = ""   // stands for all further ones
)

func newCrashLog(log *actorLog) *crashLog {
	return &crashLog{log: log, kinds: make(map[string]*repeatedCrash)}
}

// numbers in the names of actors make no difference between kinds.
var numbers = regexp.MustCompile(`\$[0-9a-zA-Z]+`)

// kindOf says which crashes are of one kind: those of actors whose names differ in numbers alone, at the same
// place in the code, and with the same end.
func kindOf(who *actor.PID, decision decision, place string) string {
	return numbers.ReplaceAllString(path(who), "$") + " " + string(decision) + " " + place
}

// count counts a crash. It is true if that is to be logged in full.
func (l *crashLog) count(who *actor.PID, kind string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.kinds[kind]
	if of == nil && len(l.kinds) >= mostCrashKinds {
		kind, of = otherCrashKinds, l.kinds[otherCrashKinds]
	}
	if of == nil {
		of = &repeatedCrash{who: who}
		l.kinds[kind] = of
		of.timer = time.AfterFunc(quietTime, func() { l.sumUp(kind) })
	}
	if of.inFull < crashesInFull {
		of.inFull++
		return true
	}
	of.last = time.Now()
	if of.counted++; of.counted == 1 {
		of.first = of.last
	}
	return false
}

// note keeps what the last crash of a kind was about, for the sum.
func (l *crashLog) note(who *actor.PID, kind, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, kind := range []string{kind, otherCrashKinds} {
		if of := l.kinds[kind]; of != nil {
			of.who, of.text = who, text
			return
		}
	}
}

// sumUp logs the crashes of a kind that were counted. After a quiet time the kind is forgotten.
func (l *crashLog) sumUp(kind string) {
	l.mu.Lock()
	of := l.kinds[kind]
	if of == nil {
		l.mu.Unlock()
		return
	}
	sum := *of
	if of.counted == 0 {
		delete(l.kinds, kind)
	} else {
		of.counted = 0
		of.timer.Reset(quietTime)
	}
	l.mu.Unlock()
	l.write(&sum)
}

// close sums all up, and ends.
func (l *crashLog) close() {
	l.mu.Lock()
	kinds := l.kinds
	l.kinds = make(map[string]*repeatedCrash)
	l.mu.Unlock()
	for _, of := range kinds {
		of.timer.Stop()
		l.write(of)
	}
}

func (l *crashLog) write(of *repeatedCrash) {
	if of.counted > 0 {
		l.log.write(slog.LevelError, of.who, "crashed again", slog.Int("count", of.counted),
			slog.Time("first", of.first), slog.Time("last", of.last), slog.String("reason", of.text))
	}
}

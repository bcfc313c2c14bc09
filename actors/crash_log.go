package actors

import (
	"log/slog"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/hooks"
)

// A crashLog keeps repeated crashes from filling the log. It logs some of each kind in full, counts the others, and
// sums them up every quietTime. It does the same for misuse of a context, for dead letters and, if only warnings are
// logged, for failed exchanges; those have a crashLog of their own.
type crashLog struct {
	log    *actorLog
	mu     sync.Mutex
	kinds  map[string]*repeatedCrash
	closed bool
}

// A repeatedCrash holds the crashes of one kind.
type repeatedCrash struct {
	level       slog.Level
	what        string
	who         *actor.PID // the last one
	inFull      int        // logged so far
	counted     int        // since the last sum
	first, last time.Time  // of the counted ones
	text        string     // of the last
	timer       *time.Timer
}

const (
	crashesInFull  = 3    // per kind, until it has been quiet for quietTime
	mostCrashKinds = 1000 // more share one kind
)

func newCrashLog(log *actorLog) *crashLog {
	return &crashLog{log: log, kinds: make(map[string]*repeatedCrash)}
}

// numbers in actor names do not make different kinds.
var numbers = regexp.MustCompile(`\$[0-9a-zA-Z~+]+`)

// kindOf names the kind of a crash. Crashes are of one kind if they are below the same route or listener at the same
// depth, at the same place in the code, and end in the same way. Deeper actor names do not count: they may come from
// clients.
func kindOf(who *actor.PID, end, place string) string {
	return strings.Join([]string{numbers.ReplaceAllString(familyOf(who), "$"), end, place}, " ")
}

// familyOf returns the handler or listener that an actor is, or is below, with a slash for each level below.
func familyOf(who *actor.PID) string {
	if who == nil {
		return ""
	}
	if !strings.HasPrefix(who.Id, serverName+"/") && who.Id != serverName {
		return "elsewhere" // its name may come from a client
	}
	names := strings.SplitN(who.Id, "/", 4) // the server, its child, a grandchild, and the rest
	if len(names) < 4 {
		return who.Id
	}
	return strings.Join(names[:3], "/") + strings.Repeat("/", 1+strings.Count(names[3], "/"))
}

// count counts an event of a kind. It returns true if the event is to be logged in full.
func (l *crashLog) count(level slog.Level, what, kind string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return true // nobody would sum it up
	}
	of := l.kinds[kind]
	if of == nil && len(l.kinds) >= mostCrashKinds {
		kind, of = what, l.kinds[what] // of all further kinds
	}
	if of == nil {
		of = &repeatedCrash{level: level, what: what}
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

// note keeps the text and actor of the last event of a kind, for the sum.
func (l *crashLog) note(what, kind string, who *actor.PID, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, kind := range []string{kind, what} {
		if of := l.kinds[kind]; of != nil {
			of.text = text
			if who != nil {
				of.who = actor.NewPID(who.Address, who.Id) // a copy, so that no actor is kept alive
			}
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

// close writes all sums, and ends the log.
func (l *crashLog) close() {
	l.mu.Lock()
	kinds := l.kinds
	l.kinds, l.closed = nil, true
	l.mu.Unlock()
	for _, of := range kinds {
		of.timer.Stop()
		l.write(of)
	}
}

func (l *crashLog) write(of *repeatedCrash) {
	if of.counted > 0 {
		l.log.write(of.level, of.who, of.what+" again", slog.Int("count", of.counted),
			slog.Time("first", of.first), slog.Time("last", of.last), slog.String("reason", of.text))
	}
}

// logCrash logs or counts a crash where it happened, on the goroutine that it unwinds.
func (env *env) logCrash(who *actor.PID, c *crash, reason, message any) {
	place := placeOfPanic()
	kind := kindOf(who, string(c.verdict.decision), place)
	c.text = "an error that ended the goroutine when it was printed"
	inFull := env.crashes.count(slog.LevelError, crashed, kind)
	if inFull && place != "" {
		c.takeStack()
	}
	defer func() {
		if inFull {
			env.log.crashed(who, c, message)
		} else {
			env.crashes.note(crashed, kind, who, c.text)
		}
	}()
	c.text = describe(reason)
	if hook := env.hooks.Crashed.Load(); hook != nil {
		(*hook)(hooks.Crash{Actor: path(who), Reason: c.text, Stack: string(theActorsOwn(debug.Stack()))})
	}
}

// failed logs what the strategy of a foreign actor has decided about its child. The crash itself is logged where it
// happened.
func (env *env) failed(event *actor.SupervisorEvent) {
	if event.Directive == actor.RestartDirective && placeOfPanic() != "" {
		return // see failedElsewhere: nothing else was to be expected
	}
	text, done := describe(event.Reason), event.Directive.String()
	if kind := kindOf(event.Child, done, "its parent"); !env.crashes.count(slog.LevelError, crashed, kind) {
		env.crashes.note(crashed, kind, event.Child, text)
		return
	}
	env.log.write(slog.LevelError, event.Child, crashed, slog.String("decision", done), slog.String("reason", text))
}

const crashed = "crashed"

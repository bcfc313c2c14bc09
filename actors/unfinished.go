package actors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asynkron/protoactor-go/actor"
)

// An UnfinishedError is the error of a Shutdown whose context ended before all exchanges did.
type UnfinishedError struct {
	// Actors are the sorted paths of the actors that had not finished: remaining connections and calls of Server.Do,
	// and handlers that were running or being made.
	Actors []string

	cause error // why the context ended
	of    error // the error of the context
}

// shownUnfinished is how many actors an error names: there may be thousands.
const shownUnfinished = 20

func (e *UnfinishedError) Error() string {
	shown, more := e.Actors, ""
	if len(shown) == 0 {
		return fmt.Sprintf("actors: stopped before the drain was over: %v", e.cause)
	}
	if n := len(shown) - shownUnfinished; n > 0 {
		shown, more = shown[:shownUnfinished], fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("actors: stopped before these had finished: %s%s: %v", Printable(strings.Join(shown, ", ")), more, e.cause)
}

// Unwrap returns the error of the context, if that has ended, and the cause.
func (e *UnfinishedError) Unwrap() []error { return []error{e.of, e.cause} }

// unfinished returns the paths of what a drain waits for: remaining connections and calls, running actors, and actors
// that are being made.
func (env *env) unfinished() (paths []string) {
	for _, bucket := range env.system.ProcessRegistry.LocalPIDs.LocalPIDs {
		bucket.IterCb(func(id string, _ any) {
			listener, name, found := strings.Cut(id, "/connection$")
			if found && strings.HasPrefix(listener, serverName+"/listener") && !strings.Contains(name, "/") ||
				strings.HasPrefix(id, callPrefix) && !strings.Contains(id[len(callPrefix):], "/") {
				paths = append(paths, path(&actor.PID{Id: id}))
			}
		})
	}
	for _, task := range env.dispatcher.Running() {
		if m, ok := task.Owner.(*mailbox); ok && m.custody != nil {
			paths = append(paths, path(m.self))
		}
	}
	env.births.Range(func(id, _ any) bool {
		paths = append(paths, path(&actor.PID{Id: id.(string)}))
		return true
	})
	slices.Sort(paths)
	return slices.Compact(paths)
}

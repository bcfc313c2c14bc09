package actors

import (
	"fmt"
	"log/slog"
	"reflect"
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// instances are the actors that the routes have at the moment. Two routes that have the same one would run it on two
// goroutines at once, and what it keeps without a lock would end the process.
type instances struct {
	mu  sync.Mutex
	all map[*route]actor.Actor
}

// claim notes which actor a route has from now on. It panics if another route has that one: its producer returns an
// actor that was made before. That two routes have the same function is only said: it may have no state.
func (i *instances) claim(log *actorLog, of *route, made actor.Actor) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.all == nil {
		i.all = make(map[*route]actor.Actor)
	}
	for other, has := range i.all {
		switch {
		case other == of:
		case sameInstance(has, made):
			panic(fmt.Errorf("the producer of the handler of %q (at %s) returned the actor that %q (at %s) has: it has to return a new one each time",
				of.pattern.text, of.source, other.pattern.text, other.source))
		case isReceiveFunc(made) && of.props == other.props && i.all[of] == nil:
			log.warn(&actor.PID{Id: serverName}, "two routes share a function, which two actors run at once: it must keep nothing",
				slog.String("route", of.pattern.text), slog.String("at", of.source), slog.String("with", other.pattern.text))
		}
	}
	i.all[of] = made
}

// sameInstance reports whether two actors are one, which has state.
func sameInstance(a, b actor.Actor) bool {
	of := reflect.TypeOf(a)
	return of == reflect.TypeOf(b) && of.Kind() == reflect.Pointer && of.Elem().Size() > 0 && a == b
}

func isReceiveFunc(made actor.Actor) bool {
	_, is := made.(actor.ReceiveFunc)
	return is
}

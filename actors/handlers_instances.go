package actors

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// instances are the actors that the producers of the handlers have made last. Two places that have the same one would
// run it on two goroutines at once, and what it keeps without a lock would end the process.
type instances struct {
	mu   sync.Mutex
	last map[*handler]actor.Actor
}

// claim notes which actor a producer has returned. It panics if that was made before, for another handler or, if it has
// several actors, for another place.
func (i *instances) claim(of *handler, made actor.Actor) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for other, has := range i.last {
		if !sameInstance(has, made) || other == of && !of.hasMany() {
			continue
		}
		panic(fmt.Errorf("the producer of the handler %q (at %s) returned the actor that %q (at %s) has: it has to return a new one each time",
			of.name, of.spec.source, other.name, other.spec.source))
	}
	if i.last == nil {
		i.last = make(map[*handler]actor.Actor)
	}
	i.last[of] = made
}

// forget lets go of the last actor of a handler.
func (i *instances) forget(of *handler) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.last, of)
}

// sameInstance reports whether two actors are one, which has state.
func sameInstance(a, b actor.Actor) bool {
	of := reflect.TypeOf(a)
	return of == reflect.TypeOf(b) && of.Kind() == reflect.Pointer && of.Elem().Size() > 0 && a == b
}

package actors

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// instances are the actors that the producers of the handlers have made last, of those that can have state. Two places that
// have the same one would run it on two goroutines at once, and what it keeps without a lock would end the process.
type instances struct {
	mu   sync.Mutex
	last map[*handler]actor.Actor
	of   map[actor.Actor]*handler
}

// claim notes which actor a producer has returned. It panics if that was made before, for another handler or, if it has
// several actors, for another place.
func (i *instances) claim(of *handler, made actor.Actor) {
	if kind := reflect.TypeOf(made); kind.Kind() != reflect.Pointer || kind.Elem().Size() == 0 {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if other, taken := i.of[made]; taken && (other != of || of.hasMany()) {
		panic(fmt.Errorf("the producer of the handler %q (at %s) returned the actor that %q (at %s) has: it has to return a new one each time",
			of.name, of.spec.source, other.name, other.spec.source))
	}
	if i.last == nil {
		i.last, i.of = make(map[*handler]actor.Actor), make(map[actor.Actor]*handler)
	}
	delete(i.of, i.last[of])
	i.last[of], i.of[made] = made, of
}

// forget lets go of the last actor of a handler.
func (i *instances) forget(of *handler) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.of, i.last[of])
	delete(i.last, of)
}

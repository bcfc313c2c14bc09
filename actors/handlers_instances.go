package actors

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/asynkron/protoactor-go/actor"
)

// instances are the last actors that the producers of the handlers have made, if they can have state. If two places
// had the same actor, two goroutines would run it at once, and its unlocked state could end the process.
type instances struct {
	mu   sync.Mutex
	last map[*handler]actor.Actor
	of   map[actor.Actor]*handler
}

// claim notes which actor a producer has returned. It panics if that actor was returned before, for another handler
// or for another place of a handler with several.
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

// forget drops the last actor of a handler.
func (i *instances) forget(of *handler) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.of, i.last[of])
	delete(i.last, of)
}

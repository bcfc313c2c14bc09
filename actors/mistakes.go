package actors

import (
	"errors"
	"fmt"
	"net"
	"reflect"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors/internal/callers"
)

// Mistakes of the programmer that can be found at once. Each report says where the mistake is, and what to write
// instead.

// caller is the place, as file:line, that called into this module.
func caller() string { return callers.Outside(ownFiles) }

// ownFiles begins the names of the files of this package, and of those below it.
var ownFiles = callers.Directory()

// ownPackage begins the names of the functions of this package, and of those below it.
const ownPackage = "github.com/troupe-go/troupe/actors"

// mistake panics, because the programmer cannot have meant this.
func mistake(format string, args ...any) {
	panic("actors: " + fmt.Sprintf(format, args...) + " (at " + caller() + ")")
}

// hasProducer reports whether props have a function that makes an actor; hasSpawner reports whether they are spawned
// in another way, like the groups of package router. The library offers no other way to know.
func hasProducer(props *actor.Props) bool { return hasField(props, "producer") }
func hasSpawner(props *actor.Props) bool  { return hasField(props, "spawner") }

func hasField(props *actor.Props, name string) bool {
	return !reflect.ValueOf(props).Elem().FieldByName(name).IsNil()
}

// checkProps panics if no actor can be made of the props.
func checkProps(what string, props *actor.Props) {
	const instead = "use actors.Func, or actor.PropsFromProducer with a function that returns a new actor"
	switch {
	case props == nil:
		mistake("%s: no props: %s", what, instead)
	case !hasProducer(props) && !hasSpawner(props):
		mistake("%s: the props have no producer, so no actor can be made of them: %s", what, instead)
	}
}

// errNilActor is the error if a producer has returned nil.
var errNilActor = errors.New("the producer returned nil: it has to return a new actor, as in " +
	"func() actor.Actor { return &counter{} }")

// errNoFunction is the error if actor.PropsFromProducer was given nil.
var errNoFunction = errors.New("the producer is nil: give actor.PropsFromProducer a function that returns a new actor")

// isNil reports whether there is no listener. A nil pointer in the interface counts as none.
func isNil(on net.Listener) bool {
	if on == nil {
		return true
	}
	value := reflect.ValueOf(on)
	return value.Kind() == reflect.Pointer && value.IsNil()
}

// check panics if the configuration makes no sense.
func (c *Config) check() {
	for _, limit := range []struct {
		name  string
		value int64
	}{
		{"MaxConnections", int64(c.MaxConnections)}, {"DrainDelay", int64(c.DrainDelay)},
		{"Limits.RequestLine", int64(c.Limits.RequestLine)}, {"Limits.FieldSection", int64(c.Limits.FieldSection)},
		{"Limits.FieldLines", int64(c.Limits.FieldLines)},
	} {
		if limit.value < 0 {
			mistake("Config.%s is %d: it must not be below 0, and 0 is its default", limit.name, limit.value)
		}
	}
	for _, network := range c.Proxies {
		if !network.IsValid() {
			mistake("Config.Proxies has a network that is none: use netip.MustParsePrefix")
		}
	}
}

package actors

import (
	"strings"

	"github.com/asynkron/protoactor-go/actor"
)

// The name of an actor is one segment of its path, with any text in it: no child and no key can be taken for
// another actor.

var (
	nameEscapes   = strings.NewReplacer("%", "%25", "/", "%2F")
	nameUnescapes = strings.NewReplacer("%25", "%", "%2F", "/")
)

// escapeName makes a name of an actor of any text.
func escapeName(text string) string { return nameEscapes.Replace(text) }

// path is the place of an actor in the tree, as people read it: without the server at its root.
func path(pid *actor.PID) string {
	if pid == nil {
		return "nobody"
	}
	name := strings.TrimPrefix(pid.Id, serverName+"/")
	if strings.IndexByte(name, '%') < 0 {
		return name
	}
	return nameUnescapes.Replace(name)
}

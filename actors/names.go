package actors

import (
	"strings"

	"github.com/asynkron/protoactor-go/actor"
)

// The name of an actor is one segment of its path, and may hold any text. Escaping keeps a child or a key from having
// the path of another actor, and a name from looking like one that the server numbers ("name$1").

var (
	nameEscapes   = strings.NewReplacer("%", "%25", "/", "%2F", "$", "%24")
	nameUnescapes = strings.NewReplacer("%25", "%", "%2F", "/", "%24", "$")
)

// escapeName makes any text a name of an actor.
func escapeName(text string) string { return nameEscapes.Replace(text) }

// path is the readable path of an actor in the tree, without the server at its root.
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

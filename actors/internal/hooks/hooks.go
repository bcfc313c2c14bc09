// Package hooks is how package actorstest looks into a server. Nothing else uses it.
package hooks

import "sync/atomic"

// Hooks are functions that a server calls if they are set. They may be called from many goroutines at once, and must not
// block.
type Hooks struct {
	Crashed atomic.Pointer[func(Crash)]                          // an actor, or a function within one, has panicked
	Fault   atomic.Pointer[func(actor string, message any) bool] // true makes the actor of a user panic instead of taking the message
}

// A Crash is a panic of an actor, or of a function that an actor has called.
type Crash struct{ Actor, Reason, Stack string }

// Of returns the hooks of an *actors.Server. Package actors sets it.
var Of func(server any) *Hooks

package actors

import "github.com/asynkron/protoactor-go/actor"

// forgetStopped clears what the library keeps of a child that has stopped. The library shortens its list of children,
// but the array behind it still holds the last PID, and with it the actor and its state
// (docs/decisions/0021-what-an-actor-leaves-behind.md). Call it after each Terminated.
func forgetStopped(parent actor.Context) {
	children := parent.Children()
	all := children[:cap(children)]
	for i := len(children); i < len(all) && all[i] != nil; i++ {
		all[i] = nil
	}
}

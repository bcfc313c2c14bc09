package actors

import (
	"bytes"
	"runtime/debug"
)

// A crash is why an actor failed: what it panicked with, and where.
type crash struct {
	reason any
	stack  []byte
}

// newCrash takes the stack. It is to be called while the panic unwinds it.
func newCrash(reason any) *crash { return &crash{reason: reason, stack: theActorsOwn(debug.Stack())} }

// theActorsOwn cuts a stack down to what somebody who looks for the mistake wants to see: from the
// panic to the Receive of the actor. Where it does not look as expected it is left whole.
func theActorsOwn(stack []byte) []byte {
	frames := stack
	if at := bytes.LastIndex(frames, []byte("\npanic(")); at >= 0 {
		frames = skipLines(frames[at+1:], 2)
	}
	if end := bytes.Index(frames, []byte("github.com/asynkron/protoactor-go/actor.(*actorContext).defaultReceive(")); end > 0 {
		return frames[:end]
	}
	return stack
}

func skipLines(b []byte, n int) []byte {
	for range n {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			return nil
		}
		b = b[end+1:]
	}
	return b
}

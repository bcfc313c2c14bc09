package actors

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// A crash is why an actor failed, and what is done about it. It is made where the actor failed: neither its
// supervisor nor its log line then runs code of the actor.
type crash struct {
	mailbox *mailbox // of the actor
	reason  any      // the panic value, only for a foreign strategy; else nil
	text    string   // the same in words
	stack   []byte   // nil if the crash is only counted
	verdict verdict
}

// errGoexit is the reason if an actor failed without a panic.
var errGoexit = errors.New("runtime.Goexit was called")

// Error returns the text of the panic value.
func (c *crash) Error() string { return c.text }

// takeStack keeps the stack. Call it while the panic unwinds it.
func (c *crash) takeStack() { c.stack = cut(theActorsOwn(debug.Stack()), longestStack) }

// placeOfPanic returns the file and line where the panic that unwinds the stack began. If a deferred function has
// panicked again, it is the first panic that counts.
func placeOfPanic() (place string) {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	panicked := false
	for {
		frame, more := frames.Next()
		switch {
		case frame.Function == "runtime.gopanic" || frame.Function == "runtime.Goexit":
			panicked = true
		case panicked && !strings.HasPrefix(frame.Function, "runtime."):
			place, panicked = frame.File+":"+strconv.Itoa(frame.Line), false
		}
		if !more {
			return place
		}
	}
}

const (
	longestReason = 2 << 10  // octets of a reason that are kept
	longestStack  = 16 << 10 // octets of a stack that are kept
)

// describe prints a panic value, shortened. The methods of an error or a Stringer are code of the actor: they may
// panic as well.
func describe(reason any) (text string) {
	defer func() {
		if again := recover(); again != nil {
			text = fmt.Sprintf("a %T that panicked when it was printed", reason)
		}
	}()
	switch reason := reason.(type) {
	case string:
		return shorten(reason)
	case *crash:
		return reason.text
	case error:
		return shorten(reason.Error())
	case fmt.Stringer:
		return shorten(reason.String())
	}
	return shorten(printed(reason))
}

// printed returns what fmt makes of a value, if it is small enough to be read.
func printed(value any) string {
	parts := mostParts
	if !isSmall(reflect.ValueOf(value), &parts) {
		return fmt.Sprintf("a large %T", value)
	}
	return fmt.Sprint(value)
}

// mostParts is how many parts a reason may have to be printed.
const mostParts = 200

// isSmall reports whether a value has few enough parts. It counts parts down for each one that it sees.
func isSmall(v reflect.Value, parts *int) bool {
	if *parts--; *parts < 0 {
		return false
	}
	switch v.Kind() {
	case reflect.String:
		return v.Len() <= longestReason
	case reflect.Interface, reflect.Pointer:
		return v.IsNil() || isSmall(v.Elem(), parts)
	case reflect.Map:
		for entry := v.MapRange(); entry.Next(); {
			if !isSmall(entry.Key(), parts) || !isSmall(entry.Value(), parts) {
				return false
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if !isSmall(v.Index(i), parts) {
				return false
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !isSmall(v.Field(i), parts) {
				return false
			}
		}
	}
	return true
}

// shorten copies at most longestReason octets, so that a large text can be freed.
func shorten(text string) string {
	if len(text) <= longestReason {
		return strings.Clone(text)
	}
	return fmt.Sprintf("%s… (%d octets)", strings.ToValidUTF8(text[:longestReason], ""), len(text))
}

func cut(octets []byte, most int) []byte { return bytes.Clone(octets[:min(len(octets), most)]) }

// theActorsOwn cuts a stack down to the useful part: from the panic to the Receive of the actor. It returns a stack
// that looks different whole.
func theActorsOwn(stack []byte) []byte {
	frames := stack
	if at := max(bytes.LastIndex(frames, []byte("\npanic(")), bytes.LastIndex(frames, []byte("\nruntime.Goexit("))); at >= 0 {
		frames = skipLines(frames[at+1:], 2)
	}
	for _, outer := range []string{"github.com/asynkron/protoactor-go/actor.(*actorContext).defaultReceive(", ownPackage + ".watchProducer."} {
		if end := bytes.Index(frames, []byte(outer)); end > 0 {
			return frames[:end]
		}
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

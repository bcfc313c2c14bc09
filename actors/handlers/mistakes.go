package handlers

import (
	"fmt"
	"runtime"
	"strings"
)

// mistake panics, because the programmer cannot have meant this. It says where, and what to write instead.
func mistake(format string, args ...any) {
	panic("handlers: " + fmt.Sprintf(format, args...) + " (at " + caller() + ")")
}

// caller is the place, as file:line, that called into this package.
func caller() string {
	var callers [16]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.File, ownFiles) || strings.HasSuffix(frame.File, "_test.go") || !more {
			return fmt.Sprintf("%s:%d", frame.File, frame.Line)
		}
	}
}

// ownFiles begins the names of the files of this package.
var ownFiles = func() string {
	_, file, _, _ := runtime.Caller(0)
	return strings.TrimSuffix(file, "mistakes.go")
}()

// checkText panics if a value of a field has octets that are not printable ASCII.
func checkText(what, value string) {
	if !isPrintable(value) {
		mistake("%s is %q: a value of a field is printable ASCII", what, value)
	}
}

func isPrintable(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' })
}

// Package callers finds the code of the user that has called into this module, for messages about mistakes.
package callers

import (
	"fmt"
	"runtime"
	"strings"
)

// Outside returns the place, as file:line, of the innermost caller that is not in a file below the directory, which ends
// with a slash. Tests in it count as outside.
func Outside(directory string) string {
	var callers [16]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for {
		frame, more := frames.Next()
		inside := strings.HasPrefix(frame.File, directory) || strings.HasPrefix(frame.File, ownFiles)
		if !inside || strings.HasSuffix(frame.File, "_test.go") || !more {
			return fmt.Sprintf("%s:%d", frame.File, frame.Line)
		}
	}
}

// Directory returns the directory of the file that calls it, with a slash. The names of functions do not tell: what is
// inlined into foreign code has a foreign name.
func Directory() string {
	_, file, _, _ := runtime.Caller(1)
	return file[:strings.LastIndexByte(file, '/')+1]
}

var ownFiles = Directory()

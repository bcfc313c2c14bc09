package handlers

import (
	"fmt"
	"strings"

	"github.com/troupe-go/troupe/actors/internal/callers"
)

// mistake panics, because the programmer cannot have meant this. It says where, and what to write instead.
func mistake(format string, args ...any) {
	panic("handlers: " + fmt.Sprintf(format, args...) + " (at " + callers.Outside(ownFiles) + ")")
}

// ownFiles begins the names of the files of this package.
var ownFiles = callers.Directory()

// checkText panics if a value of a field has octets that are not printable ASCII.
func checkText(what, value string) {
	if !isPrintable(value) {
		mistake("%s is %q: a value of a field is printable ASCII", what, value)
	}
}

func isPrintable(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' })
}

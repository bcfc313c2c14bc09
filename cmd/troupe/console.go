package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// complain says on a line what went wrong.
func complain(to io.Writer, text string) { fmt.Fprintf(to, "troupe: %s\n", shown(text)) }

// shown is text as a terminal may have it. Backslashes stay: they are those of what is printable already.
func shown(text string) string {
	parts := strings.Split(text, `\`)
	for i, part := range parts {
		parts[i] = actors.Printable(part)
	}
	return strings.Join(parts, `\`)
}

// flushTimeout is how long the end of the program waits for what it has printed to be taken.
const flushTimeout = time.Second

// A closer is a console, or another writer of that package.
type closer interface {
	CloseBefore(deadline time.Time) bool
}

func closeAllBefore(deadline time.Time, all ...closer) {
	for _, one := range all {
		one.CloseBefore(deadline)
	}
}

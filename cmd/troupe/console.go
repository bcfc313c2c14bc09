package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// complain prints one line about an error.
func complain(to io.Writer, text string) { fmt.Fprintf(to, "troupe: %s\n", shown(text)) }

// shown returns text that is safe on a terminal. Backslashes stay, because they come from text that is already
// printable.
func shown(text string) string {
	parts := strings.Split(text, `\`)
	for i, part := range parts {
		parts[i] = actors.Printable(part)
	}
	return strings.Join(parts, `\`)
}

// flushTimeout is how long the end of the program waits for its output to be taken.
const flushTimeout = time.Second

// A closer is a console.Handler or a console.Writer.
type closer interface {
	CloseBefore(deadline time.Time) bool
}

func closeAllBefore(deadline time.Time, all ...closer) {
	for _, one := range all {
		one.CloseBefore(deadline)
	}
}

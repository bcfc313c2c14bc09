package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/console"
)

// The error of a Shutdown names actors, whose names may come from outside.
func TestWhyItFailedIsPrintable(t *testing.T) {
	err := fmt.Errorf("actors: %w", &actors.UnfinishedError{Actors: []string{"router/a\x1b[31m\u009bb\\"}})
	for format, want := range map[string]string{"text": `troupe: `, "json": `"actors":["router/a\\x1B[31m\\xC2\\x9Bb\\x5C"]`} {
		var text strings.Builder
		c := console.New(&text, &console.Options{JSON: format == "json"})
		failed(options{logging: logging{logFormat: format}}, c, err)
		c.CloseBefore(time.Now().Add(time.Minute))
		if !strings.Contains(text.String(), want) || strings.ContainsAny(text.String(), "\x1b\u009b") || strings.Count(text.String(), "\n") != 1 {
			t.Errorf("%s: got %q, want %q in it", format, text.String(), want)
		}
	}
}

// What the program prints of its input is printable.
func TestWhateverIsShownIsPrintable(t *testing.T) {
	for c := range 256 {
		octet := string([]byte{byte(c)})
		for _, value := range []string{octet, "a" + octet + "b c", octet + `\x1b[31m\x1B"`} {
			for _, r := range shown(value) {
				if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
					t.Fatalf("%q is shown as %q", value, shown(value))
				}
			}
		}
	}
}

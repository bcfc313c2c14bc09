package wire

import (
	"strings"
	"testing"
	"time"
)

// A field of 128 KiB, more than any limit lets through, costs no more than to read it a few times. If its cost grew
// with the square of its length, it would be a minute.
func TestHostileFields(t *testing.T) {
	const size = 128 << 10
	for _, unit := range []string{
		",", ", ", ";", "; ", "a,", `"`, `\"`, `"\`, `"a",`, `W/`, `a/b;x="`, `a/b;x="\",`, "a/b,", "a/b;", "a/b;q=0,", "a/b;x=1;", "*;q=0,", "0-0,", "0-1,,",
		"-1,", "9", "bytes=", "a=1;", ` "`, "\t",
	} {
		for _, start := range []string{"", "a/b;", "a/b", "bytes=", `"`, `a/b;x="`, "*,"} {
			value := start + strings.Repeat(unit, size/len(unit)) + "!"
			fields := Fields{{"If-Match", value}, {"If-None-Match", value}, {"If-Range", value}, {"If-Modified-Since", value}, {"Range", value}}
			begin := time.Now()
			ParseMediaType(value)
			PreferredMediaType([]string{value}, "c/d", "a/b;x=1", value)
			PreferredCoding([]string{value}, "gzip", "br")
			ParseRanges(value, 1000)
			Representation{Exists: true, Tag: `"b"`}.Evaluate("GET", fields, today)
			Representation{Exists: true, Tag: `"b"`}.Evaluate("PUT", fields[1:], today)
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("%.20q takes %v", value, took)
			}
		}
	}
}

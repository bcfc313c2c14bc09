//go:build !race

package wire

import (
	"runtime"
	"strings"
	"testing"
)

// The race detector allocates, so these ceilings are not built with it.

func TestAllocsOfASmallHead(t *testing.T) {
	limits := Limits{}.WithDefaults()
	decoder := NewDecoder(&limits)
	octets := []byte(smallRequest)
	got := testing.AllocsPerRun(1000, func() {
		decoder.Feed(octets)
		for event, err := decoder.Next(); event != nil || err != nil; event, err = decoder.Next() {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	const ceiling = 3 // the head, the string that it shares, its fields
	if got > ceiling {
		t.Errorf("a small head takes %v allocations, the ceiling is %v", got, ceiling)
	}
}

func TestAllocsOfAResponse(t *testing.T) {
	var encoder Encoder
	content := []byte("Hello, World!\n")
	events := []Event{
		&ResponseHead{Status: 200, Length: BodyLength(len(content)), ContentType: "text/plain",
			Date: "Sun, 06 Nov 1994 08:49:37 GMT", Fields: Fields{{"Server", "Troupe"}}},
		&Data{content},
		&End{},
	}
	out := make([]byte, 0, 512)
	got := testing.AllocsPerRun(1000, func() {
		out = out[:0]
		for _, event := range events {
			var err error
			if out, err = encoder.Append(out, event); err != nil {
				t.Fatal(err)
			}
		}
	})
	if got > 0 {
		t.Errorf("encoding a response takes %v allocations, the ceiling is 0", got)
	}
}

func TestMemoryOfATarget(t *testing.T) {
	for name, target := range map[string]string{
		"4,000 segments":             strings.Repeat("/a", 4000),
		"4,000 segments, one is dot": strings.Repeat("/a", 4000) + "/.",
		"4,000 dot segments":         strings.Repeat("/.", 4000),
		"2,000 encoded dots":         strings.Repeat("/%2e", 2000),
		"2,000 encoded spaces":       strings.Repeat("/%20", 2000),
	} {
		const runs = 100
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			if broken := new(RequestTarget).parse("GET", target); broken != nil {
				t.Fatal(broken)
			}
		}
		runtime.ReadMemStats(&after)
		// A path without its dot segments is a copy, and is made in another.
		ceiling := uint64(3 * len(target))
		if got := (after.TotalAlloc - before.TotalAlloc) / runs; got > ceiling {
			t.Errorf("%s: parsing %d octets takes %d octets of memory, the ceiling is %d", name, len(target), got, ceiling)
		}
	}
}

func TestAllocsOfSemantics(t *testing.T) {
	accept := []string{"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
	acceptEncoding := []string{"gzip, deflate, br, zstd"}
	fields := Fields{{"Host", "a"}, {"Range", "bytes=0-1"}, {"If-None-Match", `"a", W/"b"`}, {"If-Modified-Since", theDateIMF}, {"If-Range", `"c"`}}
	representation := Representation{Exists: true, Tag: `"c"`, Modified: theDate}
	for name, test := range map[string]struct {
		ceiling float64
		run     func()
	}{
		"ParseMediaType":                   {0, func() { ParseMediaType("application/json") }},
		"ParseMediaType with a parameter":  {1, func() { ParseMediaType(`text/html; charset="utf-8"`) }},
		"PreferredMediaType":               {0, func() { PreferredMediaType(accept, "application/json", "text/html; charset=utf-8") }},
		"PreferredCoding":                  {0, func() { PreferredCoding(acceptEncoding, "br", "gzip") }},
		"ParseDate":                        {0, func() { ParseDate(theDateIMF, today) }},
		"ParseDate of the obsolete form":   {0, func() { ParseDate("Sunday, 06-Nov-94 08:49:37 GMT", today) }},
		"Evaluate":                         {0, func() { representation.Evaluate("GET", fields, today) }},
		"Evaluate without a precondition":  {0, func() { representation.Evaluate("GET", fields[:1], today) }},
		"ParseRanges of one range":         {1, func() { ParseRanges("bytes=0-499", 10000) }},
		"ParseRanges of a malformed field": {0, func() { ParseRanges("bytes=a", 10000) }},
		"ContentRange":                     {1, func() { Range{0, 499}.ContentRange(10000) }},
	} {
		if got := testing.AllocsPerRun(1000, test.run); got > test.ceiling {
			t.Errorf("%s takes %v allocations, the ceiling is %v", name, got, test.ceiling)
		}
	}
}

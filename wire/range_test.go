package wire

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// describeRanges is the status and the ranges: "206 0-499 9500-9999".
func describeRanges(value string, length int64) string {
	ranges, status := ParseRanges(value, length)
	text := fmt.Sprint(status)
	for _, r := range ranges {
		text += fmt.Sprintf(" %d-%d", r.First, r.Last)
	}
	return text
}

func TestParseRanges(t *testing.T) {
	const large = "9223372036854775808" // one more than an int64 holds
	zeros := strings.Repeat("0", 1000)
	for _, test := range []struct {
		name, value string
		length      int64
		want        string
	}{
		{"§14.1.2 the first 500", "bytes=0-499", 10000, "206 0-499"},
		{"§14.1.2 the second 500", "bytes=500-999", 10000, "206 500-999"},
		{"§14.1.2 the final 500", "bytes=-500", 10000, "206 9500-9999"},
		{"§14.1.2 the final 500, from their first", "bytes=9500-", 10000, "206 9500-9999"},
		{"§14.1.2 the first and the last", "bytes=0-0,-1", 10000, "206 0-0 9999-9999"},
		{"§14.1.2 first, middle and last 1000", "bytes= 0-999, 4500-5499, -1000", 10000, "206 0-999 4500-5499 9000-9999"},
		{"§14.1.2 the second 500, adjoining", "bytes=500-600,601-999", 10000, "206 500-999"},
		{"§14.1.2 the second 500, overlapping", "bytes=500-700,601-999", 10000, "206 500-999"},
		{"§14.1.2 all", "bytes=0-", 10000, "206 0-9999"},
		{"§14.1.2 the last position is too large", "bytes=9000-10000", 10000, "206 9000-9999"},
		{"§14.1.2 the last position is the length", "bytes=0-10000", 10000, "206 0-9999"},
		{"§14.1.2 the suffix is longer than all", "bytes=-10001", 10000, "206 0-9999"},
		{"§14.1.2 the suffix is all", "bytes=-10000", 10000, "206 0-9999"},
		{"§14.1.2 the last octet", "bytes=9999-", 10000, "206 9999-9999"},
		{"§14.1.2 one octet", "bytes=0-0", 1, "206 0-0"},
		{"§14.1 the unit is case-insensitive", "BYTES=0-1", 10, "206 0-1"},

		{"§14.1.2 begins at the end", "bytes=10000-", 10000, "416"},
		{"§14.1.2 begins after the end", "bytes=10001-10002", 10000, "416"},
		{"§14.1.2 an empty suffix", "bytes=-0", 10000, "416"},
		{"§14.1.2 none satisfiable", "bytes=10000-,-0, 20000-20001", 10000, "416"},
		{"§14.1.2 one satisfiable", "bytes=10000-,-0,7-8", 10000, "206 7-8"},

		{"§14.1.2 large last", "bytes=1-" + large, 10, "206 1-9"},
		{"§14.1.2 huge last", "bytes=1-1" + zeros, 10, "206 1-9"},
		{"§14.1.2 huge first", "bytes=1" + zeros + "-", 10, "416"},
		{"§14.1.2 large first and last", "bytes=" + large + "-" + large, 10, "416"},
		{"§14.1.2 huge suffix", "bytes=-1" + zeros, 10, "206 0-9"},
		{"§14.1.2 zeros in front", "bytes=" + zeros + "1-" + zeros + "2", 10, "206 1-2"},
		{"§14.1.2 the largest there is", "bytes=9223372036854775806-", math.MaxInt64, "206 9223372036854775806-9223372036854775806"},
		{"§14.1.2 the largest there is, and more", "bytes=9223372036854775807-", math.MaxInt64, "416"},
		{"§14.1.2 all of the largest", "bytes=0-,0-", math.MaxInt64, "200"},

		{"§14.1.1 last before first", "bytes=2-1", 10, "200"},
		{"§14.1.1 last before first, after the end", "bytes=20-19", 10, "200"},
		{"§14.1.1 one is malformed", "bytes=0-1,x", 10, "200"},
		{"§14.1.1 one is malformed, after an unsatisfiable one", "bytes=10-,2-1", 10, "200"},
		{"§14.1.1 no range", "bytes=", 10, "200"},
		{"§14.1.1 only empty ranges", "bytes=, ,", 10, "200"},
		{"§14.1.1 empty elements", "bytes=,0-1 ,\t, 4-5,", 10, "206 0-1 4-5"},
		{"§14.1.1 only a dash", "bytes=-", 10, "200"},
		{"§14.1.1 two dashes", "bytes=--1", 10, "200"},
		{"§14.1.1 a negative last", "bytes=1--1", 10, "200"},
		{"§14.1.1 three positions", "bytes=0-1-2", 10, "200"},
		{"§14.1.1 a number alone", "bytes=5", 10, "200"},
		{"§14.1.1 a sign", "bytes=+0-1", 10, "200"},
		{"§14.1.1 white space in a range", "bytes=0 - 1", 10, "200"},
		{"§14.1.1 hexadecimal", "bytes=0x0-0x1", 10, "200"},
		{"§14.1.1 white space before the equals sign", "bytes =0-1", 10, "200"},
		{"§14.1.1 another separator", "bytes 0-1", 10, "200"},
		{"§14.1.1 no equals sign", "bytes", 10, "200"},
		{"§14.1.1 empty", "", 10, "200"},
		{"§14.1.1 no unit", "=0-1", 10, "200"},
		{"§14.2 another unit", "octets=0-1", 10, "200"},
		{"§14.2 a unit that begins alike", "bytesize=0-1", 10, "200"},
		{"§14.2 nothing there", "bytes=0-", 0, "200"},
		{"§14.2 nothing there, and the end of it", "bytes=-1", 0, "200"},

		{"§15.3.7.2 not in order", "bytes=8-9,0-1", 10, "206 8-9 0-1"},
		{"§15.3.7.2 in the place of the first", "bytes=6-7,0-1,4-5", 10, "206 4-7 0-1"},
		{"§15.3.7.2 between two", "bytes=0-1,8-9,4-5,2-3", 10, "206 0-5 8-9"},
		{"§15.3.7.2 between two, in the place of the first", "bytes=8-9,4-5,0-1,6-7", 10, "206 4-9 0-1"},
		{"§15.3.7.2 the last joins the first", "bytes=5-6,0-1,3-4,8-9", 10, "206 3-6 0-1 8-9"},
		{"§15.3.7.2 one octet between them", "bytes=0-1,3-4", 10, "206 0-1 3-4"},
		{"§15.3.7.2 one in another", "bytes=10-20,12-14", 100, "206 10-20"},
		{"§15.3.7.2 one around another", "bytes=12-14,10-20", 100, "206 10-20"},
		{"§15.3.7.2 the same twice", "bytes=10-20,10-20", 100, "206 10-20"},
		{"§15.3.7.2 overlapping by one", "bytes=20-30,10-20", 100, "206 10-30"},
		{"§14.2 three overlap, one after the other", "bytes=10-20,15-25,25-30", 100, "200"},
		{"§14.2 three overlap, the last with both", "bytes=10-20,30-40,15-35", 100, "200"},
		{"§14.2 two and two overlap", "bytes=0-1,1-2,10-11,11-12", 100, "200"},
		{"§17.15 the same again and again", "bytes=" + strings.Repeat("0-0,", 50), 100, "200"},
		{"§17.15 more than the whole", "bytes=0-,-1", 100, "200"},
		{"§17.15 no more than the whole", "bytes=0-98,-1", 100, "206 0-99"},
		{"§17.15 the whole twice", "bytes=0-,0-", 100, "200"},
		{"§17.15 64 ranges", "bytes=" + apart(64), 1000, "206 " + strings.ReplaceAll(apart(64), ",", " ")},
		{"§17.15 65 ranges", "bytes=" + apart(65), 1000, "200"},
		{"§17.15 65 ranges, one after the end", "bytes=1000-," + apart(64), 1000, "200"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := describeRanges(test.value, test.length); got != test.want {
				t.Errorf("%.80q of %d octets is %s, want %s", test.value, test.length, got, test.want)
			}
		})
	}
}

// apart is a list of n ranges that do not touch.
func apart(n int) string {
	var specs []string
	for i := range n {
		specs = append(specs, fmt.Sprintf("%d-%d", 3*i, 3*i+1))
	}
	return strings.Join(specs, ",")
}

func TestContentRange(t *testing.T) {
	for _, test := range []struct {
		first, last, length int64
		want                string
	}{
		{42, 1233, 1234, "bytes 42-1233/1234"}, // the examples of §14.4
		{0, 499, 1234, "bytes 0-499/1234"},
		{734, 1233, 1234, "bytes 734-1233/1234"},
		{0, 0, 1, "bytes 0-0/1"},
		{math.MaxInt64 - 2, math.MaxInt64 - 1, math.MaxInt64, "bytes 9223372036854775805-9223372036854775806/9223372036854775807"},
	} {
		r := Range{test.first, test.last}
		if got := r.ContentRange(test.length); got != test.want || r.Length() != test.last-test.first+1 {
			t.Errorf("RFC 9110 §14.4: %q with %d octets, want %q", got, r.Length(), test.want)
		}
	}
	for length, want := range map[int64]string{1234: "bytes */1234", 0: "bytes */0"} {
		if got := UnsatisfiedRange(length); got != want {
			t.Errorf("RFC 9110 §14.4: %q, want %q", got, want)
		}
	}
}

// Invariant: the ranges are in the representation, do not touch, and are no more than were given; asked for again, they
// are the same; and a single one net/http serves too.
func FuzzParseRanges(f *testing.F) {
	for _, value := range []string{
		"bytes=0-0,-1", "bytes= 0-999, 4500-5499, -1000", "bytes=500-700,601-999", "bytes=10-,-0", "bytes=99999999999999999999-", "bytes=2-1", "octets=0-1",
	} {
		f.Add(value, int64(10000))
	}
	content := bytes.Repeat([]byte("0123456789"), 100)
	f.Fuzz(func(t *testing.T, value string, length int64) {
		length = max(length, 0)
		ranges, status := ParseRanges(value, length)
		if (status == 206) != (len(ranges) > 0) || status != 200 && status != 206 && status != 416 || len(ranges) > strings.Count(value, ",")+1 {
			t.Fatalf("%q of %d: %d %v", value, length, status, ranges)
		}
		for i, r := range ranges {
			if r.First < 0 || r.First > r.Last || r.Last >= length {
				t.Fatalf("%q of %d: %v is not in it", value, length, r)
			}
			for _, other := range ranges[:i] {
				if r.First <= other.Last+1 && other.First <= r.Last+1 {
					t.Fatalf("%q of %d: %v and %v touch", value, length, r, other)
				}
			}
		}
		sorted := slices.SortedFunc(slices.Values(ranges), func(a, b Range) int { return int(min(max(a.First-b.First, -1), 1)) })
		canonical := "bytes="
		for _, r := range sorted {
			canonical += fmt.Sprintf("%d-%d,", r.First, r.Last)
		}
		if again, _ := ParseRanges(canonical, length); status == 206 && !slices.Equal(again, sorted) {
			t.Fatalf("%q of %d: %v, of %q: %v", value, length, ranges, canonical, again)
		}
		compareRange(t, value, content)
	})
}

// compareRange asserts that net/http serves the same range of the content. It is not asked for more than one, which it
// does not coalesce, or for positions above 63 bits, which it does not read.
func compareRange(t *testing.T, value string, content []byte) {
	t.Helper()
	length := int64(len(content))
	ranges, status := ParseRanges(value, length)
	if status == 200 || strings.Contains(value, ",") || len(value) > len("bytes=-")+18 {
		return
	}
	if spec := trimOWS(value[len("bytes="):]); status == 416 && spec[0] == '-' {
		return // an empty suffix, of which net/http serves no octets, with a Content-Range that is invalid
	}
	want := UnsatisfiedRange(length)
	if status == 206 {
		want = ranges[0].ContentRange(length)
	}
	request := &http.Request{Method: "GET", Header: http.Header{"Range": {"bytes=" + value[len("bytes="):]}}}
	response := httptest.NewRecorder()
	http.ServeContent(response, request, "x", time.Time{}, bytes.NewReader(content))
	if got := response.Header().Get("Content-Range"); response.Code != status || got != want {
		t.Fatalf("%q: %d %s, for net/http %d %s", value, status, want, response.Code, got)
	}
}

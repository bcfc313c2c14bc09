package wire

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const (
	before = "Sun, 06 Nov 1994 08:49:36 GMT" // a second before theDate
	after  = "Sun, 06 Nov 1994 08:49:38 GMT"
)

// fieldsOf are the field lines of a text such as "If-Match: *".
func fieldsOf(text string) (fields Fields) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		fields = append(fields, Field{name, strings.TrimSpace(value)})
	}
	return fields
}

func TestEvaluate(t *testing.T) {
	full := Representation{Exists: true, Tag: `"a"`, Modified: theDate, ModifiedOnce: true}
	weak := Representation{Exists: true, Tag: `W/"a"`, Modified: theDate}
	bare := Representation{Exists: true}
	none := Representation{}
	const part = "\nRange: bytes=0-1"
	goOn, notModified, failed, partial := Outcome{}, Outcome{Status: 304}, Outcome{Status: 412}, Outcome{Range: "bytes=0-1"}
	for _, test := range []struct {
		name   string
		r      Representation
		method string
		fields string
		want   Outcome
	}{
		{"§13.2.2 nothing asked", full, "GET", "", goOn},
		{"§13.2.2 names are case-insensitive", full, "GET", `if-NONE-match: "a"`, notModified},

		{"§13.1.1 the tag", full, "PUT", `If-Match: "a"`, goOn},
		{"§13.1.1 another tag", full, "PUT", `If-Match: "b"`, failed},
		{"§13.1.1 another tag, GET", full, "GET", `If-Match: "b"`, failed},
		{"§13.1.1 one of several", full, "PUT", `If-Match: "b", "a", "c"`, goOn},
		{"§13.1.1 several lines", full, "PUT", "If-Match: \"b\"\nIf-Match: \"a\"", goOn},
		{"§13.1.1 any", full, "PUT", `If-Match: *`, goOn},
		{"§13.1.1 any, without a tag", bare, "PUT", `If-Match: *`, goOn},
		{"§13.1.1 any, of nothing", none, "PUT", `If-Match: *`, failed},
		{"§13.1.1 a tag, of nothing", none, "DELETE", `If-Match: "a"`, failed},
		{"§13.1.1 a tag, without a tag", bare, "PUT", `If-Match: "a"`, failed},
		{"§13.1.1 strong comparison, weak tag", full, "PUT", `If-Match: W/"a"`, failed},
		{"§13.1.1 strong comparison, both weak", weak, "PUT", `If-Match: W/"a"`, failed},
		{"§13.1.1 empty", full, "PUT", `If-Match:`, failed},
		{"§13.1.1 malformed", full, "PUT", `If-Match: a`, failed},
		{"§13.1.1 the tag, and malformed", full, "PUT", `If-Match: "a", b`, failed},
		{"§13.1.1 the tag, and any", full, "PUT", `If-Match: "a", *`, failed},
		{"§13.1.1 any, twice", full, "PUT", "If-Match: *\nIf-Match: *", failed},
		{"§13.1.1 the tag, and a malformed line", full, "PUT", "If-Match: \"a\"\nIf-Match: b", failed},

		{"§13.1.4 not modified", full, "PUT", "If-Unmodified-Since: " + theDateIMF, goOn},
		{"§13.1.4 not modified, later", full, "PUT", "If-Unmodified-Since: " + after, goOn},
		{"§13.1.4 modified", full, "PUT", "If-Unmodified-Since: " + before, failed},
		{"§13.1.4 modified, GET", full, "GET", "If-Unmodified-Since: " + before, failed},
		{"§13.1.4 no date", full, "PUT", "If-Unmodified-Since: yesterday", goOn},
		{"§13.1.4 two dates", full, "PUT", "If-Unmodified-Since: " + before + ", " + before, goOn},
		{"§13.1.4 two lines", full, "PUT", "If-Unmodified-Since: " + before + "\nIf-Unmodified-Since: " + before, goOn},
		{"§13.1.4 not known when", bare, "PUT", "If-Unmodified-Since: " + before, goOn},
		{"§13.1.4 If-Match is there", full, "PUT", "If-Unmodified-Since: " + before + "\nIf-Match: \"a\"", goOn},

		{"§13.1.2 the tag", full, "GET", `If-None-Match: "a"`, notModified},
		{"§13.1.2 the tag, HEAD", full, "HEAD", `If-None-Match: "a"`, notModified},
		{"§13.1.2 the tag, PUT", full, "PUT", `If-None-Match: "a"`, failed},
		{"§13.1.2 another tag", full, "GET", `If-None-Match: "b"`, goOn},
		{"§13.1.2 weak comparison", full, "GET", `If-None-Match: W/"a"`, notModified},
		{"§13.1.2 weak comparison, strong tag", weak, "GET", `If-None-Match: "a"`, notModified},
		{"§13.1.2 one of several", full, "GET", `If-None-Match: "b", W/"c", W/"a"`, notModified},
		{"§13.1.2 several lines", full, "GET", "If-None-Match: \"b\"\nX: y\nIf-None-Match: \"a\"", notModified},
		{"§13.1.2 any", full, "PUT", `If-None-Match: *`, failed},
		{"§13.1.2 any, GET", full, "GET", `If-None-Match: *`, notModified},
		{"§13.1.2 any, without a tag", bare, "PUT", `If-None-Match: *`, failed},
		{"§13.1.2 any, of nothing", none, "PUT", `If-None-Match: *`, goOn},
		{"§13.1.2 a tag, of nothing", none, "PUT", `If-None-Match: "a"`, goOn},
		{"§13.1.2 no tag", bare, "GET", `If-None-Match: ""`, goOn},
		{"§13.1.2 empty", full, "GET", `If-None-Match:`, goOn},
		{"§13.1.2 malformed", full, "GET", `If-None-Match: a`, goOn},
		{"§13.1.2 the tag, and malformed", full, "PUT", `If-None-Match: "a", b`, failed},
		{"§13.1.2 any, and the tag", full, "PUT", `If-None-Match: *, "b"`, failed},

		{"§13.1.3 not modified", full, "GET", "If-Modified-Since: " + theDateIMF, notModified},
		{"§13.1.3 not modified, HEAD", full, "HEAD", "If-Modified-Since: " + after, notModified},
		{"§13.1.3 modified", full, "GET", "If-Modified-Since: " + before, goOn},
		{"§13.1.3 an obsolete form", full, "GET", "If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT", notModified},
		{"§13.1.3 other methods", full, "PUT", "If-Modified-Since: " + theDateIMF, goOn},
		{"§13.1.3 no date", full, "GET", "If-Modified-Since: 0", goOn},
		{"§13.1.3 two lines", full, "GET", "If-Modified-Since: " + after + "\nIf-Modified-Since: " + after, goOn},
		{"§13.1.3 not known when", bare, "GET", "If-Modified-Since: " + theDateIMF, goOn},
		{"§13.1.3 If-None-Match is there", full, "GET", "If-Modified-Since: " + theDateIMF + "\nIf-None-Match: \"b\"", goOn},
		{"§13.1.3 If-None-Match is there, malformed", full, "GET", "If-Modified-Since: " + theDateIMF + "\nIf-None-Match: b", goOn},

		{"§14.2 a range", full, "GET", part, partial},
		{"§14.2 a range, HEAD", full, "HEAD", part, goOn},
		{"§14.2 a range, PUT", full, "PUT", part, goOn},
		{"§14.2 two lines", full, "GET", part + part, goOn},
		{"§14.2 not modified", full, "GET", `If-None-Match: "a"` + part, notModified},
		{"§13.1.5 the tag", full, "GET", `If-Range: "a"` + part, partial},
		{"§13.1.5 another tag", full, "GET", `If-Range: "b"` + part, goOn},
		{"§13.1.5 a weak tag", full, "GET", `If-Range: W/"a"` + part, goOn},
		{"§13.1.5 both weak", weak, "GET", `If-Range: W/"a"` + part, goOn},
		{"§13.1.5 no tag", bare, "GET", `If-Range: ""` + part, goOn},
		{"§13.1.5 a list", full, "GET", `If-Range: "a", "b"` + part, goOn},
		{"§13.1.5 any", full, "GET", `If-Range: *` + part, goOn},
		{"§13.1.5 two lines", full, "GET", "If-Range: \"a\"\nIf-Range: \"a\"" + part, goOn},
		{"§13.1.5 empty", full, "GET", "If-Range:" + part, goOn},
		{"§13.1.5 the date", full, "GET", "If-Range: " + theDateIMF + part, partial},
		{"§13.1.5 a later date", full, "GET", "If-Range: " + after + part, goOn},
		{"§13.1.5 an earlier date", full, "GET", "If-Range: " + before + part, goOn},
		{"§8.8.2.2 a date that is not strong", weak, "GET", "If-Range: " + theDateIMF + part, goOn},
		{"§13.1.5 not known when", Representation{Exists: true, ModifiedOnce: true}, "GET", "If-Range: Thu, 01 Jan 1970 00:00:00 GMT" + part, goOn},
		{"§13.1.5 no range", full, "GET", `If-Range: "a"`, goOn},

		{"§13.2.2 If-Match before If-None-Match", full, "GET", "If-None-Match: \"a\"\nIf-Match: \"b\"", failed},
		{"§13.2.2 If-Match, then If-None-Match", full, "GET", "If-None-Match: \"a\"\nIf-Match: \"a\"", notModified},
		{"§13.2.2 If-Unmodified-Since before If-Modified-Since", full, "GET", "If-Modified-Since: " + after + "\nIf-Unmodified-Since: " + before, failed},
		{"§13.2.2 all true", full, "GET", "If-Match: \"a\"\nIf-None-Match: \"b\"\nIf-Range: \"a\"" + part, partial},
		{"§13.2.1 OPTIONS", full, "OPTIONS", `If-Match: "b"`, goOn},
		{"§13.2.1 TRACE", full, "TRACE", `If-None-Match: "a"`, goOn},
		{"§13.2.1 CONNECT", full, "CONNECT", `If-None-Match: *`, goOn},
		{"§13.2.1 GET of nothing", none, "GET", `If-Match: *` + part, goOn},
		{"§13.2.1 HEAD of nothing", none, "HEAD", `If-Match: "a"`, goOn},
		{"§9.1 methods are case-sensitive", full, "get", `If-None-Match: "a"`, failed},
	} {
		t.Run(test.name, func(t *testing.T) {
			fields := fieldsOf(strings.TrimPrefix(test.fields, "\n"))
			if got := test.r.Evaluate(test.method, fields, today); got != test.want {
				t.Errorf("%s of %+v with %q: %+v, want %+v", test.method, test.r, fields, got, test.want)
			}
		})
	}
}

// Invariant: net/http serves a file with the same status, but for the malformed and for what it does not know to be
// weak.
func FuzzEvaluate(f *testing.F) {
	f.Add(true, `"a"`, "", "", "", "")
	f.Add(true, `"b", W/"a"`, `"b"`, "", "", "")
	f.Add(false, "", "", before, theDateIMF, "")
	f.Add(true, "", "", theDateIMF, before, theDateIMF)
	f.Add(true, "", "*", "Sunday, 06-Nov-94 08:49:37 GMT", "", `"a"`)
	content, modified := []byte("0123456789"), time.Unix(theDate, 0)
	f.Fuzz(func(t *testing.T, get bool, ifMatch, ifNoneMatch, ifUnmodifiedSince, ifModifiedSince, ifRange string) {
		request := &http.Request{Method: "GET", Header: http.Header{"Range": {"bytes=0-1"}}}
		if !get {
			request.Method = "HEAD"
			request.Header = http.Header{}
		}
		for name, value := range map[string]string{"If-Match": ifMatch, "If-None-Match": ifNoneMatch,
			"If-Unmodified-Since": ifUnmodifiedSince, "If-Modified-Since": ifModifiedSince, "If-Range": ifRange} {
			if value == "" {
				continue
			}
			request.Header.Set(name, value)
		}
		var fields Fields
		for name, values := range request.Header {
			fields = append(fields, Field{name, values[0]})
		}
		r := Representation{Exists: true, Tag: `"a"`, Modified: theDate, ModifiedOnce: true}
		got := r.Evaluate(request.Method, fields, today)
		if got.Status != 0 && got.Range != "" || got.Range != "" && !get || got.Status != 0 && got.Status != 304 && got.Status != 412 {
			t.Fatalf("%q: %+v", fields, got)
		}
		if wellFormedPreconditions(r, fields) {
			response := httptest.NewRecorder()
			response.Header().Set("ETag", string(r.Tag))
			http.ServeContent(response, request, "x", modified, bytes.NewReader(content))
			want := map[int]Outcome{200: {}, 206: {Range: "bytes=0-1"}, 304: {Status: 304}, 412: {Status: 412}}[response.Code]
			if got != want {
				t.Fatalf("%s with %q: %+v, for net/http %d", request.Method, fields, got, response.Code)
			}
		}
	})
}

// wellFormedPreconditions reports whether both of us understand the fields.
func wellFormedPreconditions(r Representation, fields Fields) bool {
	for _, field := range fields {
		_, isTag := ParseEntityTag(field.Value)
		_, isDate := ParseDate(field.Value, today)
		switch field.Name {
		case "If-Match", "If-None-Match":
			if _, ok := r.listed(fields, field.Name, EntityTag.EqualWeak); !ok {
				return false
			}
		case "If-Range":
			if !isTag && !isDate {
				return false
			}
		case "Range":
		default:
			_, err := http.ParseTime(field.Value)
			if isDate != (err == nil) || strings.Contains(fmt.Sprint(field.Value), "-") {
				return false
			}
		}
	}
	return true
}

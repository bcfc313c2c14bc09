package nethttp

import (
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// A head is the head of a response, as it was at WriteHeader.
type head struct {
	status int
	header http.Header
	length int64 // that the handler announced; -1 if it did not
	large  bool  // the response to HEAD would have more content than is held back
}

func newHead(status int, header http.Header) *head {
	h := &head{status: status, header: header.Clone(), length: -1}
	if announced := header.Get("Content-Length"); announced != "" && h.mayHaveContent() {
		if length, err := strconv.ParseInt(announced, 10, 64); err == nil && length >= 0 {
			h.length = length
		}
	}
	return h
}

// mayHaveContent reports whether a response of that status has content (RFC 9110 §6.4.1, §15.3.6).
func (h *head) mayHaveContent() bool { return h.status != 204 && h.status != 205 && h.status != 304 }

// finish completes a response.
func (h *head) finish(response *actors.Response) *actors.Response {
	if lists(h.header["Connection"], "close") {
		response.Close()
	}
	return response
}

// fields returns the field lines. If the handler has not said which media type the content has, it is guessed, as
// net/http does (MIME Sniffing §7).
func (h *head) fields(content []byte) actors.Fields {
	fields := fieldLines(h.header)
	_, typed := h.header["Content-Type"]
	if !typed && len(content) > 0 && h.header.Get("Content-Encoding") == "" && h.mayHaveContent() {
		fields = append(fields, actors.Field{Name: "Content-Type", Value: http.DetectContentType(content)})
	}
	return fields
}

// ofConnection are the fields that the server writes itself.
var ofConnection = []string{"Connection", "Content-Length", "Keep-Alive", "Transfer-Encoding"}

// fieldLines returns the field lines of a header, sorted, without those of the connection. Like net/http, it leaves out
// what is no field name, and makes values printable.
func fieldLines(header http.Header) actors.Fields {
	fields := make(actors.Fields, 0, len(header)+1)
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if slices.Contains(ofConnection, name) || strings.HasPrefix(name, http.TrailerPrefix) || !isToken(name) {
			continue
		}
		for _, value := range header[name] {
			fields = append(fields, actors.Field{Name: name, Value: printable(value)})
		}
	}
	return fields
}

// isToken reports whether text may be the name of a field (RFC 9110 §5.6.2).
func isToken(text string) bool {
	for _, c := range []byte(text) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return text != ""
}

// printable replaces control octets by spaces, so that a value stays one line.
func printable(value string) string {
	isControl := func(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }
	for i := range len(value) {
		if isControl(value[i]) {
			octets := []byte(value) // which need not be UTF-8
			for i, c := range octets {
				if isControl(c) {
					octets[i] = ' '
				}
			}
			value = string(octets)
			break
		}
	}
	return textproto.TrimString(value)
}

// trailers returns the trailer fields: those that the head has announced, and those with http.TrailerPrefix.
func (h *head) trailers(header http.Header) (trailers actors.Fields) {
	add := func(name string, values []string) {
		for _, value := range values {
			trailers = append(trailers, actors.Field{Name: name, Value: printable(value)})
		}
	}
	for _, announced := range h.header["Trailer"] {
		for name := range strings.SplitSeq(announced, ",") {
			name = http.CanonicalHeaderKey(strings.TrimSpace(name))
			add(name, header[name])
		}
	}
	for name, values := range header {
		if name, is := strings.CutPrefix(name, http.TrailerPrefix); is {
			add(name, values)
		}
	}
	return trailers
}

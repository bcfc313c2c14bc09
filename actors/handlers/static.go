package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// Static makes a handler for a resource that never changes. The resource has an entity tag, so that a client that
// knows the content does not get it again: If-Match and If-None-Match are evaluated (RFC 9110 §13.1).
func Static(contentType string, content []byte) *actors.Handler {
	sum := sha256.Sum256(content)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	fields := actors.Fields{{Name: "ETag", Value: tag}} // shared by all responses; nobody changes them
	return actors.Func(func(r *actors.Request) *actors.Response {
		response := r.Bytes(200, contentType, content)
		if status := precondition(r, tag); status != 0 {
			response = r.Status(status)
		}
		response.Fields = fields
		return response
	})
}

// precondition evaluates the conditions of a request for a resource with that entity tag, in the order of RFC 9110
// §13.2.2. It returns 0 to go on, or the status of the answer: 304 or 412.
func precondition(r *actors.Request, tag string) int {
	if fields := r.Fields(); fields.Has("If-Match") {
		if !lists(fields.Values("If-Match"), tag, false) {
			return 412
		}
	}
	if fields := r.Fields(); fields.Has("If-None-Match") && lists(fields.Values("If-None-Match"), tag, true) {
		if r.Method() == "GET" || r.Method() == "HEAD" {
			return 304
		}
		return 412
	}
	return 0
}

// lists reports whether the values list the entity tag or "*". A weak tag counts only in a weak comparison (RFC 9110
// §8.8.3.2).
func lists(values []string, tag string, weak bool) bool {
	for _, value := range values {
		for element := range strings.SplitSeq(value, ",") { // our own tags have no comma
			element = strings.Trim(element, " \t")
			if weak {
				element = strings.TrimPrefix(element, "W/")
			}
			if element == "*" || element == tag {
				return true
			}
		}
	}
	return false
}

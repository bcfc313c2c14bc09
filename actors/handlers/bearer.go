package handlers

import (
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// Bearer lets requests pass whose token is right, by the scheme Bearer (RFC 6750). Others are answered 401. The check may
// tell with [SetUser] whose token it is. The token comes in the clear, so use it over TLS.
//
// The check is called for many requests at once. To compare the token with one that you know, use [SameSecret].
func Bearer(realm string, check func(request *actors.Request, token string) bool) actors.RouteOption {
	if check == nil {
		mistake("Bearer: the check is nil: write a function that says whether the token is right, with SameSecret")
	}
	challenge := challenge("Bearer", "Bearer", realm)
	return actors.Before(func(r *actors.Request) *actors.Response {
		token, ok := credentials(r, "Bearer")
		switch {
		case !ok:
			return unauthorized(r, challenge)
		case !isToken(token) || !check(r, token):
			return unauthorized(r, challenge+`, error="invalid_token"`)
		}
		return nil
	})
}

// isToken reports whether the text has the form of a bearer token (RFC 6750 §2.1).
func isToken(text string) bool {
	text = strings.TrimRight(text, "=")
	return text != "" && !strings.ContainsFunc(text, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-._~+/", c))
	})
}

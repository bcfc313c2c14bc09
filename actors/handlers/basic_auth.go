package handlers

import (
	"encoding/base64"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// BasicAuth lets requests pass whose user and password are right, by the scheme Basic (RFC 7617). Others are answered 401,
// and browsers then ask for a password. [User] returns the name. The password comes in the clear, so use it over TLS.
//
// The check is called for many requests at once. It should take the same time for each password: see [SameSecret].
func BasicAuth(realm string, check func(request *actors.Request, user, password string) bool) actors.RouteOption {
	if check == nil {
		mistake("BasicAuth: the check is nil: write a function that says whether the password is right, with SameSecret")
	}
	challenge := challenge("BasicAuth", "Basic", realm) + `, charset="UTF-8"`
	return actors.Before(func(r *actors.Request) *actors.Response {
		user, password, ok := userAndPassword(r)
		if !ok || !check(r, user, password) {
			return unauthorized(r, challenge)
		}
		SetUser(r, user)
		return nil
	})
}

// userAndPassword reads the credentials of the scheme Basic (RFC 7617 §2). Neither may have control characters.
func userAndPassword(request *actors.Request) (user, password string, ok bool) {
	encoded, ok := credentials(request, "Basic")
	if !ok {
		return "", "", false
	}
	both, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || strings.ContainsFunc(string(both), func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return "", "", false
	}
	return strings.Cut(string(both), ":")
}

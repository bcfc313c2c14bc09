package handlers

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// User is who has sent the request, as [BasicAuth] or [SetUser] has found out; "" if nobody has.
func User(request *actors.Request) string {
	user, _ := request.Value(userKey{}).(string)
	return user
}

// SetUser keeps who has sent the request, for [User]. Only functions of [actors.Before] may call it, such as the check of
// [Bearer].
func SetUser(request *actors.Request, user string) { request.Set(userKey{}, user) }

type userKey struct{}

// SameSecret compares a password or a token with the right one, in a time that tells nothing about that, not even its
// length. It is for secrets that a program gets, as from its environment. Do not store the passwords of people: store
// what bcrypt or argon2 make of them.
func SameSecret(given, want string) bool {
	g, w := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(g[:], w[:]) == 1
}

// credentials returns what the client has sent for the scheme in its Authorization field (RFC 9110 §11.6.2). Two such
// fields are none: it is not clear which counts.
func credentials(request *actors.Request, scheme string) (given string, ok bool) {
	values := request.Fields().Values("Authorization")
	if len(values) != 1 {
		return "", false
	}
	name, given, _ := strings.Cut(values[0], " ")
	return strings.TrimLeft(given, " "), strings.EqualFold(name, scheme)
}

// challenge begins the WWW-Authenticate field of a scheme (RFC 9110 §11.6.1).
func challenge(what, scheme, realm string) string {
	if realm == "" {
		mistake(`%s: the realm is empty: name what the credentials are for, as "admin"`, what)
	}
	checkText(what+": the realm", realm)
	return scheme + ` realm="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(realm) + `"`
}

// unauthorized is the answer to a request without the right credentials. It does not say what was wrong with them.
func unauthorized(request *actors.Request, challenge string) *actors.Response {
	return request.Fail(&actors.Problem{Status: 401, Detail: "This needs the right credentials."}).With("WWW-Authenticate", challenge)
}

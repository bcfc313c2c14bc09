package handlers_test

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

func basic(credentials string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(credentials))
}

// passwords knows some users.
func passwords(_ *actors.Request, user, password string) bool {
	want, known := map[string]string{"Ada": "sesame", "Émile": "a:b", "": "", "quiet": "", "two words": "", "tab": "a\tb", "del": "a\x7fb"}[user]
	return handlers.SameSecret(password, want) && known
}

func TestBasicAuth(t *testing.T) {
	server := newServer(t)
	server.Handle("GET /", saying(handlers.User), handlers.BasicAuth(`say "friend" \o/`, passwords))
	good := base64.StdEncoding.EncodeToString([]byte("Ada:sesame"))
	for _, test := range []struct {
		why    string
		fields []string
		user   string
		status int
	}{
		{"RFC 7617 §2", []string{basic("Ada:sesame")}, "Ada", 200},
		{"RFC 9110 §11.1: a scheme has no case", []string{"Authorization: bAsIc " + good}, "Ada", 200},
		{"RFC 9110 §11.4: one space or more", []string{"Authorization: Basic   " + good}, "Ada", 200},
		{"only the user has no colon; and UTF-8", []string{basic("Émile:a:b")}, "Émile", 200},
		{"a user without a name", []string{basic(":")}, "", 200},
		{"an empty password", []string{basic("quiet:")}, "quiet", 200},
		{"a space", []string{basic("two words:")}, "two words", 200},
		{"the wrong password", []string{basic("Ada:Sesame")}, "", 401},
		{"somebody else", []string{basic("Bob:sesame")}, "", 401},
		{"nobody known, without a password", []string{basic("Bob:")}, "", 401},
		{"no colon", []string{basic("quiet")}, "", 401},
		{"control characters, whatever the check says", []string{basic("tab:a\tb")}, "", 401},
		{"and DEL", []string{basic("del:a\x7fb")}, "", 401},
		{"right until it is no base64", []string{"Authorization: Basic " + good + "!"}, "", 401},
		{"nothing", nil, "", 401},
		{"nothing after the scheme", []string{"Authorization: Basic"}, "", 401},
		{"no base64", []string{"Authorization: Basic Ada:sesame"}, "", 401},
		{"without padding", []string{"Authorization: Basic " + strings.TrimRight(good, "=")}, "", 401},
		{"another scheme", []string{"Authorization: Bearer " + good}, "", 401},
		{"two fields", []string{basic("Ada:sesame"), basic("Ada:sesame")}, "", 401},
	} {
		response := call(t, server, ask("GET", "/", test.fields...))
		wantStatus(t, test.why, response, test.status)
		if response.Status == 200 {
			wantField(t, test.why, response, "WWW-Authenticate", "")
			if string(response.Body) != test.user {
				t.Errorf("%s: want the user %q, got %q", test.why, test.user, response.Body)
			}
			continue
		}
		wantField(t, test.why, response, "WWW-Authenticate", `Basic realm="say \"friend\" \\o/", charset="UTF-8"`)
	}
}

func TestBearer(t *testing.T) {
	server := newServer(t)
	const token = "azAZ09-._~+/=="
	server.Handle("GET /", saying(handlers.User), handlers.Bearer("api", func(r *actors.Request, given string) bool {
		handlers.SetUser(r, "Ada")
		return handlers.SameSecret(given, token) || given == "a b" || given == ""
	}))
	const plain, invalid = `Bearer realm="api"`, `Bearer realm="api", error="invalid_token"`
	for _, test := range []struct{ why, field, challenge string }{
		{"RFC 6750 §2.1", "Authorization: Bearer " + token, ""},
		{"a scheme has no case", "Authorization: BEARER " + token, ""},
		{"RFC 6750 §3.1: no error code without credentials", "X: y", plain},
		{"another scheme", basic("Ada:sesame"), plain},
		{"the wrong token", "Authorization: Bearer other", invalid},
		{"no token", "Authorization: Bearer", invalid},
		{"a malformed token never reaches the check", "Authorization: Bearer a b", invalid},
		{"only padding", "Authorization: Bearer ==", invalid},
		{"padding within", "Authorization: Bearer a=b", invalid},
	} {
		response := call(t, server, ask("GET", "/", test.field))
		wantField(t, test.why, response, "WWW-Authenticate", test.challenge)
		if test.challenge != "" {
			wantStatus(t, test.why, response, 401)
		} else if wantStatus(t, test.why, response, 200); string(response.Body) != "Ada" {
			t.Errorf("%s: the check has said who it is, got %q", test.why, response.Body)
		}
	}
}

func TestSameSecret(t *testing.T) {
	for _, test := range []struct {
		given, want string
		same        bool
	}{
		{"sesame", "sesame", true}, {"", "", true}, {"Sesame", "sesame", false}, {"sesam", "sesame", false}, {"sesame", "", false},
	} {
		if handlers.SameSecret(test.given, test.want) != test.same {
			t.Errorf("%q and %q: want %v", test.given, test.want, test.same)
		}
	}
}

// A lockedBuffer is written by many.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// Neither the log at its most talkative nor a response shows credentials, also when the check panics; and what a 401 looks
// like is up to Config.Problem.
func TestCredentialsAreNotShown(t *testing.T) {
	var log lockedBuffer
	server := actors.NewServer(actors.Config{
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Problem: func(r *actors.Request, problem *actors.Problem) *actors.Response {
			return r.JSON(problem.Status, map[string]string{"mine": problem.Detail})
		},
	})
	check := func(_ *actors.Request, secret string) bool {
		if secret == "secret-panics" {
			panic("asked to")
		}
		return secret == "secret-good"
	}
	server.Handle("GET /basic", hello, handlers.BasicAuth("admin", func(r *actors.Request, _, password string) bool { return check(r, password) }))
	server.Handle("GET /bearer", hello, handlers.Bearer("api", check))
	var said strings.Builder
	for secret, status := range map[string]int{"secret-good": 200, "secret-bad": 401, "secret-panics": 500} {
		for _, request := range []*actors.Request{
			ask("GET", "/basic", basic("user-name:"+secret)), ask("GET", "/bearer", "Authorization: Bearer "+secret),
		} {
			response := call(t, server, request)
			wantStatus(t, secret, response, status)
			if said.Write(response.Body); status != 200 && !strings.Contains(string(response.Body), `{"mine":"`) {
				t.Errorf("Config.Problem makes it, got %s", response.Body)
			}
		}
	}
	server.Close()
	said.WriteString(log.String())
	if strings.Count(log.String(), "asked to") < 2 {
		t.Errorf("the log has what there was: %s", log.String())
	}
	for _, secret := range []string{"secret-", "user-name", base64.StdEncoding.EncodeToString([]byte("user-name:secret"))[:16]} {
		if strings.Contains(said.String(), secret) {
			t.Errorf("%q was shown in %s", secret, said.String())
		}
	}
}

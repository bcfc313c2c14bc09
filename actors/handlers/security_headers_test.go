package handlers_test

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

func TestSecurityHeaders(t *testing.T) {
	server := newServer(t, "returned no response")
	server.Handle("GET /default", hello, handlers.SecurityHeaders(handlers.SecurityOptions{HSTS: time.Hour}))
	server.Handle("GET /own", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, "").With("content-security-policy", "default-src 'none'").With("X-Frame-Options", "DENY")
	}), handlers.SecurityHeaders(handlers.SecurityOptions{}))
	server.Handle("GET /failed", actors.Func(func(*actors.Request) *actors.Response { return nil }),
		handlers.SecurityHeaders(handlers.SecurityOptions{}))
	server.Handle("GET /options", hello, handlers.SecurityHeaders(handlers.SecurityOptions{
		ContentSecurityPolicy: "default-src 'self'", FrameOptions: "DENY", ReferrerPolicy: "same-origin", OpenerPolicy: "-", PermissionsPolicy: "camera=()",
	}))
	const csp, referrer, opener = handlers.DefaultContentSecurityPolicy, "strict-origin-when-cross-origin", "same-origin-allow-popups"
	for _, test := range []struct{ path, csp, frames, referrer, opener, permissions string }{
		{"/default", csp, "SAMEORIGIN", referrer, opener, ""},
		{"/own", "default-src 'none'", "DENY", referrer, opener, ""},
		{"/failed", csp, "SAMEORIGIN", referrer, opener, ""},
		{"/options", "default-src 'self'", "DENY", "same-origin", "", "camera=()"},
	} {
		response := call(t, server, ask("GET", test.path))
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Content-Security-Policy": test.csp, "X-Frame-Options": test.frames,
			"Referrer-Policy": test.referrer, "Cross-Origin-Opener-Policy": test.opener, "Permissions-Policy": test.permissions,
			"Strict-Transport-Security": "", // there is no TLS
		} {
			wantField(t, test.path, response, name, want)
		}
	}
}

// Responses of a handler may share their fields, as those of Static do.
func TestSecurityHeadersChangeOneResponse(t *testing.T) {
	shared := append(make(actors.Fields, 0, 20), actors.Field{Name: "ETag", Value: `"1"`})
	server := newServer(t)
	server.Handle("GET /", actors.Func(func(r *actors.Request) *actors.Response {
		response := r.Text(200, "")
		response.Fields = shared
		return response
	}), handlers.SecurityHeaders(handlers.SecurityOptions{}))
	call(t, server, ask("GET", "/"))
	for _, field := range shared[:cap(shared)][1:] {
		if field.Name != "" {
			t.Errorf("the field %v was written into what others have, too", field)
		}
	}
}

func TestHSTSIsForTLS(t *testing.T) {
	peer := httptest.NewTLSServer(nil) // for its certificate, and a client that knows it
	defer peer.Close()
	server := actors.NewServer(actors.Config{
		Logger: slog.New(slog.DiscardHandler), TLS: &tls.Config{Certificates: peer.TLS.Certificates},
	})
	defer server.Close()
	for path, options := range map[string]handlers.SecurityOptions{
		"GET /some": {HSTS: 365 * 24 * time.Hour}, "GET /all": {HSTS: time.Hour, HSTSSubdomains: true}, "GET /none": {},
	} {
		server.Handle(path, hello, handlers.SecurityHeaders(options))
	}
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.StartTLS(on, "", ""); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/some": "max-age=31536000", "/all": "max-age=3600; includeSubDomains", "/none": ""} {
		response, err := peer.Client().Get("https://" + on.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		if got := response.Header.Get("Strict-Transport-Security"); got != want || response.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: want %q, got %v", path, want, response.Header)
		}
	}
}

package handlers_test

import (
	"net/netip"
	"strings"
	"time"

	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
)

func ExampleBasicAuth() {
	server := quiet()
	defer server.Close()
	isAda := func(_ *actors.Request, user, password string) bool {
		return user == "ada" && handlers.SameSecret(password, "sesame") // from the environment, for example
	}
	server.Handle("GET /me", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, "you are "+handlers.User(r))
	}), handlers.BasicAuth("shop", isAda))

	show(server, "GET", "/me", "", "Authorization", "Basic YWRhOnNlc2FtZQ==")
	show(server, "GET", "/me", "WWW-Authenticate", "Accept", "text/plain")
	// Output:
	// 200 you are ada
	// 401 WWW-Authenticate="Basic realm=\"shop\", charset=\"UTF-8\"" 401 Unauthorized
	//
	// This needs the right credentials.
}

func ExampleBearer() {
	server := quiet()
	defer server.Close()
	knows := func(r *actors.Request, token string) bool {
		if !handlers.SameSecret(token, "t0ken") {
			return false
		}
		handlers.SetUser(r, "the robot")
		return true
	}
	server.Handle("GET /me", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, handlers.User(r))
	}), handlers.Bearer("api", knows))

	show(server, "GET", "/me", "", "Authorization", "Bearer t0ken")
	// Output: 200 the robot
}

func ExampleCORS() {
	server := quiet()
	defer server.Close()
	server.Handle("GET /news", actors.Func(greet),
		handlers.CORS(handlers.CORSOptions{Origins: []string{"https://app.example"}, MaxAge: time.Hour}))

	show(server, "GET", "/news", "Access-Control-Allow-Origin", "Origin", "https://app.example")
	show(server, "GET", "/news", "Access-Control-Allow-Origin", "Origin", "https://evil.example")
	// Output:
	// 200 Access-Control-Allow-Origin="https://app.example" hello
	// 200 Access-Control-Allow-Origin="" hello
}

func ExampleCompress() {
	server := quiet()
	defer server.Close()
	server.Handle("GET /long", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, strings.Repeat("tea ", 1000))
	}), handlers.Compress(handlers.CompressOptions{}))

	show(server, "GET", "/long", "Content-Encoding Vary", "Accept-Encoding", "gzip")
	// Output: 200 Content-Encoding="gzip" Vary="Accept-Encoding"
}

func ExampleForwardedFor() {
	server := quiet()
	defer server.Close()
	proxy := netip.MustParsePrefix("10.0.0.0/8")
	server.Handle("GET /me", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, handlers.Client(r).String())
	}), handlers.ForwardedFor("X-Forwarded-For", proxy, handlers.UnixSocket()))

	// The client has lied about 1.1.1.1; the proxies have written the rest.
	show(server, "GET", "/me", "", "X-Forwarded-For", "1.1.1.1, 203.0.113.7, 10.0.0.2")
	// Output: 200 203.0.113.7
}

func ExampleRateLimit() {
	server := quiet()
	defer server.Close()
	server.Handle("GET /news", actors.Func(greet),
		handlers.RateLimit(handlers.RateLimitOptions{Requests: 2, Per: time.Hour}))

	for range 3 {
		show(server, "GET", "/news", "Retry-After", "Accept", "text/plain")
	}
	// Output:
	// 200 Retry-After="" hello
	// 200 Retry-After="" hello
	// 429 Retry-After="1800" 429 Too Many Requests
	//
	// There are too many requests from this client.
}

func ExampleRequestID() {
	server := quiet()
	defer server.Close()
	server.Handle("GET /me", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, handlers.ID(r))
	}), handlers.RequestID(handlers.UnixSocket()))

	show(server, "GET", "/me", "X-Request-Id", "X-Request-Id", "of-the-proxy-7")
	// Output: 200 X-Request-Id="of-the-proxy-7" of-the-proxy-7
}

func ExampleSecurityHeaders() {
	server := quiet()
	defer server.Close()
	server.Handle("GET /", actors.Func(greet),
		handlers.SecurityHeaders(handlers.SecurityOptions{ContentSecurityPolicy: "default-src 'self'"}))

	show(server, "GET", "/", "X-Content-Type-Options Content-Security-Policy")
	// Output: 200 X-Content-Type-Options="nosniff" Content-Security-Policy="default-src 'self'" hello
}

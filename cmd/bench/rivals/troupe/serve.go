package troupe

import (
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
	"github.com/troupe-go/troupe/cmd/bench/internal/certificate"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// serveHello logs at level warn, which is silent in health, like the rivals. Its limits are high enough for the idle
// connections; every other setting is the default.
func serveHello(listener net.Listener) error { return greeter(wide(os.Stderr)).Serve(listener) }

func serveTLS(listener net.Listener) error {
	return greeter(wide(os.Stderr)).ServeTLS(listener, certificate.CertFile, certificate.KeyFile)
}

func serveProxied(listener net.Listener) error {
	config := wide(os.Stderr)
	config.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	return greeter(config).Serve(listener)
}

// greeter sets the garbage collector as docs/how-to/profile-and-load.md recommends to users of the library.
func greeter(config actors.Config) *actors.Server {
	debug.SetGCPercent(400)
	server := actors.NewServer(config)
	server.Handle("GET /", actors.Func(func(r *actors.Request) *actors.Response {
		return r.Text(200, site.Greeting)
	}))
	server.Handle("POST "+site.EchoPath, actors.Func(func(r *actors.Request) *actors.Response {
		return r.Bytes(200, site.EchoType, r.Body)
	}))
	return server
}

func wide(log io.Writer) actors.Config {
	return actors.Config{Logger: warnings(log), IdleTimeout: 2 * time.Minute, MaxConnections: 20_000}
}

func warnings(to io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// workWait is how long a request may wait for the work of Troupe, by its own estimate.
const workWait = 100 * time.Millisecond

// serveWork keeps the state in an actor, and refuses requests that would have to wait too long.
func serveWork(listener net.Listener) error {
	return serveWorkWith(listener, actors.MaxQueueWait(workWait))
}

// serveFair has a queue with the default limits.
func serveFair(listener net.Listener) error { return serveWorkWith(listener) }

func serveWorkWith(listener net.Listener, options ...actors.HandlerOption) error {
	server := actors.NewServer(wide(os.Stderr))
	server.Handle("GET "+site.WorkPath, serial(answerWork, options...))
	handleHealth(server)
	return server.Serve(listener)
}

func answerWork(r *actors.Request) *actors.Response {
	time.Sleep(site.WorkTime)
	return r.Text(200, site.Greeting)
}

func handleHealth(server *actors.Server) {
	server.Handle("GET "+site.HealthPath, actors.Func(answerHealth), actors.Vital())
}

func answerHealth(r *actors.Request) *actors.Response { return r.Text(200, site.Health) }

// largeSize is the size of GET /large in octets: enough for a client to read slowly.
const largeSize = 1 << 20

// serveSlow has the default settings, because slow clients meet these.
func serveSlow(listener net.Listener) error {
	server := actors.NewServer(actors.Config{Logger: warnings(os.Stderr)})
	server.Handle("GET /large", handlers.Static("application/octet-stream", make([]byte, largeSize)))
	server.Handle("POST /echo", actors.Func(answerEcho))
	handleHealth(server)
	return server.Serve(listener)
}

func answerEcho(r *actors.Request) *actors.Response {
	return r.Bytes(200, "application/octet-stream", r.Body)
}

// serial makes a handler of a function that is called for one request at a time.
func serial(handle func(*actors.Request) *actors.Response, options ...actors.HandlerOption) *actors.Handler {
	return actors.Func(handle, append(options, actors.MaxActors(1))...)
}

// one makes a handler of one actor without state.
func one(receive actor.ReceiveFunc) *actors.Handler {
	return actors.One(func() actor.Actor { return receive })
}

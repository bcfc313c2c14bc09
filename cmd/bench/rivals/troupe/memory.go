package troupe

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/asynkron/protoactor-go/actor"
	"github.com/troupe-go/troupe/actors"
	"github.com/troupe-go/troupe/actors/handlers"
	"github.com/troupe-go/troupe/cmd/bench/internal/certificate"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// memoryServer has the default limits, except for MaxContent, the measured silence, and the connections per address,
// because all clients have the same address.
func memoryServer(proxies ...netip.Prefix) *actors.Server {
	server := actors.NewServer(actors.Config{Logger: errorsOnly(os.Stderr), IdleTimeout: 2 * time.Minute,
		MaxContent: site.MemoryContent, MaxQueue: site.MemoryQueue, MaxConnectionsPerPeer: -1, Proxies: proxies})
	handleHealth(server)
	server.Handle("GET "+site.CollectPath, actors.Func(answerCollect), actors.Vital(), actors.HandlerTimeout(-1))
	server.Handle("GET /{$}", actors.Func(func(r *actors.Request) *actors.Response { return r.Text(200, site.Greeting) }))
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		// The slow queue must not refuse requests: the attack is on what it holds.
		server.Handle(method+" /stuck/{time}", serial(answerStuck, actors.MaxQueueWait(-1)))
		server.Handle(method+" /late/{time}", serial(answerStuck, actors.MaxQueueWait(-1)), actors.HandlerTimeout(site.LateTime))
	}
	server.Handle("POST /upload", actors.Func(func(r *actors.Request) *actors.Response { return r.Text(200, site.Greeting) }))
	server.Handle("GET /octets/{octets}", actors.Func(answerZeros))
	server.Handle("GET /wait", one(func(actor.Context) {})) // waits until the request's time is up
	server.Handle("GET /silent", actors.Func(answerSilent))
	return server
}

// errorsOnly leaves out lines that such clients are expected to cause.
func errorsOnly(to io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelError}))
}

func serveMemory(listener net.Listener) error { return memoryServer().Serve(listener) }

func serveMemoryProxied(listener net.Listener) error {
	return memoryServer(netip.MustParsePrefix(site.ProxyAddress + "/32")).Serve(listener)
}

func serveMemoryTLS(listener net.Listener) error {
	return certificate.With(func(certFile, keyFile string) error {
		return memoryServer().ServeTLS(listener, certFile, keyFile)
	})
}

func answerCollect(r *actors.Request) *actors.Response {
	debug.FreeOSMemory()
	return r.Text(200, site.Greeting)
}

// answerStuck blocks its actor meanwhile.
func answerStuck(r *actors.Request) *actors.Response {
	pause, err := time.ParseDuration(r.Param("time"))
	if err != nil {
		return r.Text(400, "The time is one like 2s.\n")
	}
	time.Sleep(pause)
	return r.Text(200, site.Greeting)
}

// answerZeros streams content that is not held in memory.
func answerZeros(r *actors.Request) *actors.Response {
	octets, err := strconv.ParseInt(r.Param("octets"), 10, 64)
	if err != nil || octets < 0 {
		return r.Text(400, "The number is one like 1000.\n")
	}
	return r.Stream(200, nil, handlers.Reader(io.LimitReader(site.Zeros{}, octets))).WithLength(octets)
}

// answerSilent sends something, and then nothing more.
func answerSilent(r *actors.Request) *actors.Response {
	spoken := false
	return r.Stream(200, nil, actor.PropsFromFunc(func(ctx actor.Context) {
		if demand, ok := ctx.Message().(*actors.ReadBody); ok && !spoken {
			spoken = true
			ctx.Respond(demand.Data([]byte(site.Greeting)))
		}
	}))
}

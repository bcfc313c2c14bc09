// Package fasthttp runs fasthttp as a rival.
package fasthttp

import (
	"errors"
	"io"
	"log"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/pires/go-proxyproto"
	"github.com/troupe-go/troupe/cmd/bench/internal/certificate"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/valyala/fasthttp"
)

// Serves holds what it can serve on a listener, by the name for --serve.
var Serves = map[string]func(net.Listener) error{
	"hello":      serveHello,
	"tls":        serveTLS,
	"proxied":    serveProxied,
	"work":       serveWork,
	"placements": servePlacements,
}

// serveHello is fasthttp with its default settings, which have no idle timeout. It has no router, so the handler
// checks method and path itself.
func serveHello(listener net.Listener) error { return greeter().Serve(listener) }

func serveTLS(listener net.Listener) error {
	return greeter().ServeTLS(listener, certificate.CertFile, certificate.KeyFile)
}

func serveProxied(listener net.Listener) error {
	return greeter().Serve(&proxyproto.Listener{Listener: listener})
}

func greeter() *fasthttp.Server {
	return &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		switch path := string(ctx.Path()); {
		case ctx.IsGet() && path == "/":
			ctx.SetContentType(site.GreetingType)
			ctx.SetBodyString(site.Greeting)
		case ctx.IsPost() && path == site.EchoPath:
			ctx.SetContentType(site.EchoType)
			ctx.SetBody(ctx.PostBody())
		default:
			ctx.NotFound()
		}
	}}
}

// serveWork does the same as nethttp.serveWork. Its listener waits for a free descriptor, as net/http does: fasthttp
// would stop serving.
func serveWork(listener net.Listener) error {
	var state sync.Mutex
	server := &fasthttp.Server{Logger: log.New(io.Discard, "", 0), Handler: func(ctx *fasthttp.RequestCtx) {
		switch string(ctx.Path()) {
		case site.WorkPath:
			state.Lock()
			defer state.Unlock()
			time.Sleep(site.WorkTime)
			ctx.SetBodyString(site.Greeting)
		case site.HealthPath:
			ctx.SetBodyString(site.Health)
		default:
			ctx.NotFound()
		}
	}}
	return server.Serve(waitingListener{listener})
}

// A waitingListener waits if there are too many open files.
type waitingListener struct{ net.Listener }

// Accept waits for a connection, and for a descriptor.
func (l waitingListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if !errors.Is(err, syscall.EMFILE) {
			return conn, err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

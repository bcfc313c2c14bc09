package main

import (
	"errors"
	"io"
	"log"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/pires/go-proxyproto"
	"github.com/valyala/fasthttp"
)

// serveFastHTTP is fasthttp with its default settings, which know no idle timeout. It has no
// router of its own, so the handler looks at method and path itself.
func serveFastHTTP(listener net.Listener) error { return fastHTTPGreeter().Serve(listener) }

func serveFastHTTPTLS(listener net.Listener) error {
	return fastHTTPGreeter().ServeTLS(listener, certFile, keyFile)
}

func serveFastHTTPProxied(listener net.Listener) error {
	return fastHTTPGreeter().Serve(&proxyproto.Listener{Listener: listener})
}

func fastHTTPGreeter() *fasthttp.Server {
	return &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		if !ctx.IsGet() || string(ctx.Path()) != "/" {
			ctx.NotFound()
			return
		}
		ctx.SetContentType(greetingType)
		ctx.SetBodyString(greeting)
	}}
}

// serveFastHTTPWork does what serveNetHTTPWork does, and its listener waits for a free descriptor,
// as net/http itself does: fasthttp would stop serving.
func serveFastHTTPWork(listener net.Listener) error {
	var state sync.Mutex
	server := &fasthttp.Server{Logger: log.New(io.Discard, "", 0), Handler: func(ctx *fasthttp.RequestCtx) {
		switch string(ctx.Path()) {
		case workPath:
			state.Lock()
			defer state.Unlock()
			time.Sleep(workTime)
			ctx.SetBodyString(greeting)
		case healthPath:
			ctx.SetBodyString(health)
		default:
			ctx.NotFound()
		}
	}}
	return server.Serve(waitingListener{listener})
}

// A waitingListener accepts later when there are too many open files.
type waitingListener struct{ net.Listener }

func (l waitingListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if !errors.Is(err, syscall.EMFILE) {
			return conn, err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

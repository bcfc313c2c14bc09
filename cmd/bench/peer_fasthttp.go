package main

import (
	"net"

	"github.com/valyala/fasthttp"
)

// serveFastHTTP is fasthttp with its default settings, which know no idle timeout. It has no
// router of its own, so the handler looks at method and path itself.
func serveFastHTTP(listener net.Listener) error {
	server := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		if !ctx.IsGet() || string(ctx.Path()) != "/" {
			ctx.NotFound()
			return
		}
		ctx.SetContentType(greetingType)
		ctx.SetBodyString(greeting)
	}}
	return server.Serve(listener)
}

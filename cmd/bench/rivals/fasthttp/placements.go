package fasthttp

import (
	"net"
	"strings"

	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/valyala/fasthttp"
)

// servePlacements uses a function as its handler: fasthttp has no other placement.
func servePlacements(listener net.Listener) error {
	server := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		path := string(ctx.Path())
		if !ctx.IsGet() || path != site.HealthPath && !strings.HasPrefix(path, site.FuncPath) {
			ctx.NotFound()
			return
		}
		ctx.SetContentType(site.GreetingType)
		ctx.SetBodyString(site.Greeting)
	}}
	return server.Serve(listener)
}

package handlers

import (
	"github.com/troupe-go/troupe/actors"
)

// Ready answers whether the server is ready, for a load balancer: 200, or 503 until the handlers of all routes have
// started that are not [actors.Optional], and from the beginning of a Shutdown on. With Config.DrainDelay there is time to
// notice. Its route should be [actors.Vital].
func Ready(server *actors.Server) *actors.Handler {
	if server == nil {
		panic("handlers: Ready: the server is nil")
	}
	return actors.Func(func(r *actors.Request) *actors.Response {
		switch {
		case server.Ready():
			return r.Bytes(200, "application/json", []byte(`{"status": "ready"}`))
		case server.Draining():
			return r.Bytes(503, "application/json", []byte(`{"status": "draining"}`))
		}
		return r.Bytes(503, "application/json", []byte(`{"status": "starting"}`))
	})
}

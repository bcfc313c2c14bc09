package handlers

import (
	"github.com/troupe-go/troupe/actors"
)

// Ready tells a load balancer whether the server is ready: 200, or else 503. It is 503 until the handlers of all
// routes that are not [actors.Optional] have started, and after a Shutdown has begun. Config.DrainDelay leaves the
// load balancer time to notice. The route should be [actors.Vital].
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

package handlers

import (
	"net/netip"

	"github.com/troupe-go/troupe/actors"
)

// RequestID gives each response the field X-Request-Id, with the [ID] of its request. That is request.ID(), as in the log.
// If the peer is of a trusted network and has sent an X-Request-Id, it is that one, so that the logs of a proxy and of its
// servers have the same; it has 1 to 128 printable ASCII characters without spaces, or does not count.
func RequestID(trusted ...netip.Prefix) actors.RouteOption {
	proxies := trust("RequestID", trusted)
	return actors.Options(
		actors.Before(func(r *actors.Request) *actors.Response {
			if given := r.Fields().Values(requestID); len(given) == 1 && isID(given[0]) && proxies.contain(peerOf(r)) {
				r.Set(idKey{}, given[0])
			}
			return nil
		}),
		actors.After(func(r *actors.Request, response *actors.Response) {
			if !response.Fields.Has(requestID) {
				response.With(requestID, ID(r))
			}
		}))
}

const requestID = "X-Request-Id"

type idKey struct{}

// ID identifies the request: the X-Request-Id that [RequestID] has accepted, else request.ID().
func ID(request *actors.Request) string {
	if id, ok := request.Value(idKey{}).(string); ok {
		return id
	}
	return request.ID()
}

func isID(text string) bool {
	for _, c := range []byte(text) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return 1 <= len(text) && len(text) <= 128
}

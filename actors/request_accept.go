package actors

import "github.com/troupe-go/troupe/wire"

// Accepts returns the offer that the client prefers by its Accept fields (RFC 9110 §12.5.1); "" if it wants none of
// them. Offers are media types such as "application/json" or "text/html; charset=utf-8". If the client has no
// preference among some, the first of those counts.
//
//	switch request.Accepts("application/json", "text/html") {
//	case "application/json": …
//	case "text/html": …
//	default: return request.Fail(&actors.Problem{Status: 406})
//	}
//
// A response that depends on it should have the field "Vary: Accept", so that caches keep the forms apart.
func (r *Request) Accepts(offers ...string) string {
	return wire.PreferredMediaType(r.Fields().Values("Accept"), offers...)
}

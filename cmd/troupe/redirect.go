package main

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/troupe-go/troupe/actors"
)

// newRedirect makes the server for plain HTTP that redirects every request to the same target by HTTPS, on that port. It
// answers a certificate authority itself; certs may be nil.
func newRedirect(config actors.Config, port int, certs *certificates) *actors.Server {
	config.Logger = config.Logger.With("server", "redirect")
	server := actors.NewServer(config)
	redirect := func(r *actors.Request) *actors.Response {
		host, ok := hostToRedirect(r.Host())
		if !ok {
			return r.Text(400, "The request has no Host that it could be redirected to.\n")
		}
		if port != 443 {
			host += ":" + strconv.Itoa(port)
		}
		return r.Status(308).With("Location", "https://"+host+targetToRedirect(r))
	}
	server.Handle("/{rest...}", actors.Func(redirect), actors.StreamBody()) // which does not wait for content
	if certs != nil {
		server.Handle("GET /.well-known/acme-challenge/{token}", certs.challenge(redirect), actors.StreamBody(), actors.Vital())
	}
	return server
}

// plainName is stricter than RFC 3986 §3.2.2: nothing that some client could read as the end of the name.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,254}$`)

// hostToRedirect returns the host without its port, if it is a plain name or an IP address. It comes from the client.
func hostToRedirect(authority string) (host string, ok bool) {
	if literal, is := strings.CutPrefix(authority, "["); is {
		literal, _, _ = strings.Cut(literal, "]")
		address, err := netip.ParseAddr(literal)
		return "[" + literal + "]", err == nil && address.Is6() && address.Zone() == ""
	}
	host, _, _ = strings.Cut(authority, ":")
	return host, plainName.MatchString(host)
}

// targetToRedirect returns the path and the query. A browser treats a backslash like a slash.
func targetToRedirect(r *actors.Request) string {
	target := r.Path()
	if query := r.RawQuery(); query != "" {
		target += "?" + query
	}
	return strings.ReplaceAll(target, `\`, "%5C")
}

package handlers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/troupe-go/troupe/actors"
)

// CORSOptions say which scripts of other origins may use a route.
type CORSOptions struct {
	// Origins are allowed: each as browsers write it, such as "https://app.example" or "http://localhost:3000"; or "*"
	// alone, for all.
	Origins []string
	// AllowOrigin allows further origins, if it is set. It gets them as they came: compare the whole, because
	// "https://evil-app.example" ends like "app.example". It is called for many requests at once.
	AllowOrigin func(request *actors.Request, origin string) bool
	// Methods may be used: that of the route's pattern unless set. A pattern without a method needs them. Browsers
	// always allow GET, HEAD and POST.
	Methods []string
	// Headers are the request fields that scripts may set, besides those that they always may: none unless set. JSON
	// needs "Content-Type".
	Headers []string
	// Exposed are the response fields that scripts may read, besides those that they always may: none unless set.
	Exposed []string
	// Credentials lets scripts send cookies and passwords, and read what is answered to these. It needs a list of origins.
	Credentials bool
	// MaxAge is how long browsers may remember the answer to a preflight request: as long as they choose, often 5 s, unless
	// set; below 0 not at all.
	MaxAge time.Duration
	// PrivateNetwork lets scripts from the open network use a server on a private one. Without it, a browser that asks for
	// that is not allowed anything.
	PrivateNetwork bool
}

// CORS lets scripts of other origins use a route (Fetch §3.3): it answers preflight requests, and adds what browsers need
// to responses, also to those of the server itself. An origin that is not allowed is not refused: its browser keeps the
// response from the script. Put CORS before filters that refuse requests, because preflight requests have no credentials.
//
// It panics if the options cannot be meant, such as credentials for all origins.
func CORS(options CORSOptions) actors.RouteOption {
	options.check()
	c := &cors{CORSOptions: options, all: slices.Contains(options.Origins, "*")}
	return actors.Options(actors.Before(c.preflight), actors.After(c.share))
}

type cors struct {
	CORSOptions
	all bool // origins
}

// preflight answers a preflight request. What all responses need, share adds.
func (c *cors) preflight(r *actors.Request) *actors.Response {
	if !isPreflight(r) {
		return nil
	}
	response := r.Status(204)
	if c.allowed(r) == "" {
		return response
	}
	for _, field := range (actors.Fields{
		{Name: "Access-Control-Allow-Methods", Value: c.methods(r)},
		{Name: "Access-Control-Allow-Headers", Value: strings.Join(c.Headers, ", ")},
		{Name: "Access-Control-Max-Age", Value: c.maxAge()},
		{Name: "Access-Control-Allow-Private-Network", Value: c.privateNetwork(r)},
	}) {
		if field.Value != "" {
			response.With(field.Name, field.Value)
		}
	}
	return response
}

// share says who may read the response.
func (c *cors) share(r *actors.Request, response *actors.Response) {
	switch {
	case isPreflight(r):
		response.With("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	case !c.all:
		response.With("Vary", "Origin")
	}
	origin := c.allowed(r)
	if origin == "" {
		return
	}
	response.With("Access-Control-Allow-Origin", origin)
	if c.Credentials {
		response.With("Access-Control-Allow-Credentials", "true")
	}
	if len(c.Exposed) > 0 && !isPreflight(r) {
		response.With("Access-Control-Expose-Headers", strings.Join(c.Exposed, ", "))
	}
}

// allowed is what Access-Control-Allow-Origin says: the origin, or "*" for all; "" if it is not allowed. The origin "null"
// is that of any sandboxed frame, so it is as good as unknown.
func (c *cors) allowed(r *actors.Request) string {
	origin := r.Field("Origin")
	switch {
	case isPreflight(r) && !c.PrivateNetwork && r.Fields().Has("Access-Control-Request-Private-Network"):
		return ""
	case c.all:
		return "*"
	case origin == "" || origin == "null":
		return ""
	case slices.Contains(c.Origins, origin), c.AllowOrigin != nil && c.AllowOrigin(r, origin):
		return origin
	}
	return ""
}

// isPreflight reports whether it is a CORS preflight request (Fetch §3.3.2).
func isPreflight(r *actors.Request) bool {
	return r.Method() == "OPTIONS" && r.Fields().Has("Origin") && r.Fields().Has("Access-Control-Request-Method")
}

// methods are the allowed ones: by default that of the route which the preflight request announces.
func (c *cors) methods(r *actors.Request) string {
	if len(c.Methods) > 0 {
		return strings.Join(c.Methods, ", ")
	}
	method, _, found := strings.Cut(r.Pattern(), " ")
	if !found || method == "OPTIONS" {
		return ""
	}
	return method
}

func (c *cors) maxAge() string {
	if c.MaxAge == 0 {
		return ""
	}
	return strconv.FormatInt(int64(max(c.MaxAge, 0)/time.Second), 10)
}

func (c *cors) privateNetwork(r *actors.Request) string {
	if c.PrivateNetwork && r.Fields().Has("Access-Control-Request-Private-Network") {
		return "true"
	}
	return ""
}

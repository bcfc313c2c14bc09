package actors

import (
	"slices"
	"strings"

	"github.com/troupe-go/troupe/actors/internal/routing"
)

// Answers of the router itself, for requests that no handler can answer.

// notRouted answers a request if its resource has other methods, is elsewhere, or does not exist.
func (r *router) notRouted(request *Request) *Response {
	table, method, path := r.env.routes(), request.head.Method, request.Path()
	_, _, added := table.Resolve(method, path)
	switch {
	case request.route != nil: // a preflight request that no filter has answered
		return otherMethods(request, table.Methods(path))
	case added: // since the link looked it up: it was not found then
		return request.problem(&Problem{Status: 404, Title: "Page Not Found"})
	case !r.knows(method):
		return notImplemented(request)
	case table.HasBetter(method, path):
		return redirect(request, path+"/")
	}
	if methods := table.Methods(path); len(methods) > 0 {
		return otherMethods(request, methods)
	}
	if table.HasSubtree(method, path) {
		return redirect(request, path+"/")
	}
	if single := table.Single(path); single != "" {
		return redirect(request, single)
	}
	return request.problem(&Problem{Status: 404, Title: "Page Not Found"})
}

// withoutPath answers OPTIONS * (RFC 9110 §9.3.7), and CONNECT, which is for proxies only.
func (r *router) withoutPath(request *Request) *Response {
	if request.head.Method == "OPTIONS" {
		return otherMethods(request, r.env.routes().AllMethods())
	}
	return notImplemented(request).Close()
}

// otherMethods tells a client which methods the resource has: because it asked (RFC 9110 §9.3.7), or because it used
// another one (RFC 9110 §15.5.6).
func otherMethods(request *Request, methods []string) *Response {
	if slices.Contains(methods, "") {
		methods = []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"} // a route for any method
	}
	methods = append(methods, "OPTIONS")
	slices.Sort(methods)
	allow := strings.Join(slices.Compact(methods), ", ")
	if request.head.Method == "OPTIONS" {
		return request.Status(204).With("Allow", allow)
	}
	return request.problem(&Problem{Status: 405}).With("Allow", allow)
}

// notImplemented refuses methods that no resource here has: TRACE, which would send credentials back to scripts in
// the client, and unknown ones (RFC 9110 §15.6.2).
func notImplemented(request *Request) *Response {
	return request.problem(&Problem{Status: 501})
}

// knows reports whether the method is a standard one that a resource may have, or one that some route has.
func (r *router) knows(method string) bool {
	if method != "CONNECT" && method != "TRACE" && routing.IsStandardMethod(method) {
		return true
	}
	return r.env.routes().Takes(method)
}

// redirect redirects to another path. The client keeps the method (RFC 9110 §15.4.9).
func redirect(request *Request, path string) *Response {
	// A browser treats a backslash like a slash, and "//name" like another host.
	location := strings.ReplaceAll(path, `\`, "%5C")
	if request.head.Target.Query != "" {
		location += "?" + request.head.Target.Query
	}
	return request.Status(308).With("Location", location)
}

package actors

import (
	"slices"
	"strings"
)

// A Group is some routes whose patterns begin with the same path, and whose requests are treated in the same way:
//
//	api := server.Group("/api", actors.Before(authenticate), actors.MaxBody(1<<20))
//	api.Handle("GET /rooms/{room}", rooms) // GET /api/rooms/{room}
//
// A group that [NewGroup] makes has no server yet: [Server.Mount] gives it one.
type Group struct {
	prefix  string
	options []RouteOption
	add     func(pattern string, handler *Handler, options []RouteOption, source string)
	routes  []groupRoute // of a group without a server
}

// A groupRoute is a call of Handle.
type groupRoute struct {
	pattern string
	handler *Handler
	options []RouteOption
	source  string
}

// Group makes a group of routes. Their patterns begin with the prefix, which is a path without a slash at its end, for example
// "/api" or "/tenants/{tenant}"; "" is none. The options hold for all of its routes: those of a route are applied after
// them, so they count. Of Before, the functions of the group are called first; of After, last.
func (s *Server) Group(prefix string, options ...RouteOption) *Group {
	checkPrefix(prefix)
	return &Group{prefix: prefix, options: options, add: s.handle}
}

// NewGroup makes a group of routes without a server, for a package that has some to offer.
func NewGroup(options ...RouteOption) *Group {
	g := &Group{options: options}
	g.add = func(pattern string, handler *Handler, options []RouteOption, source string) {
		g.routes = append(g.routes, groupRoute{pattern, handler, options, source})
	}
	return g
}

// Group makes a group within the group.
func (g *Group) Group(prefix string, options ...RouteOption) *Group {
	checkPrefix(prefix)
	return &Group{prefix: g.prefix + prefix, options: slices.Concat(g.options, options), add: g.add}
}

// Handle adds a route to the group, as [Server.Handle] does.
func (g *Group) Handle(pattern string, handler *Handler, options ...RouteOption) {
	g.add(prefixed(g.prefix, pattern), handler, slices.Concat(g.options, options), caller())
}

// Mount adds the routes that a group of [NewGroup] has by now, each with the prefix before its path. The options hold for
// all of them, and are applied before those of the group.
func (s *Server) Mount(prefix string, group *Group, options ...RouteOption) {
	checkPrefix(prefix)
	if group == nil {
		mistake("Mount: there is no group")
	}
	for _, r := range group.routes {
		s.handle(prefixed(prefix, r.pattern), r.handler, slices.Concat(options, r.options), r.source)
	}
}

// checkPrefix refuses a prefix that patterns cannot begin with.
func checkPrefix(prefix string) {
	if prefix != "" && (prefix[0] != '/' || strings.HasSuffix(prefix, "/") || strings.Contains(prefix, "...}")) {
		mistake("the prefix %q is no path that others can follow: write one like /api, without a slash at its end", prefix)
	}
}

// prefixed is a pattern with the prefix before its path.
func prefixed(prefix, pattern string) string {
	method, path := "", pattern
	if end := strings.LastIndexAny(pattern, " \t"); end >= 0 {
		method, path = pattern[:end+1], pattern[end+1:]
	}
	if prefix != "" && !strings.HasPrefix(path, "/") {
		return pattern // which is no pattern: who parses it says so
	}
	return method + prefix + path
}

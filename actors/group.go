package actors

import (
	"slices"
	"strings"
)

// A Group is a set of routes whose patterns begin with the same path, and that share options:
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
	mounts  bool         // it is one of NewGroup
}

// A groupRoute is one call of Handle.
type groupRoute struct {
	pattern string
	handler *Handler
	options []RouteOption
	source  string
}

// Group makes a group of routes whose patterns begin with the prefix: a path without a slash at its end, such as
// "/api" or "/tenants/{tenant}", or "" for none. The options apply to all routes of the group. The options of a route
// are applied later, and override them. Before functions of the group are called before those of the route; its After
// functions are called after those of the route.
func (s *Server) Group(prefix string, options ...RouteOption) *Group {
	checkPrefix(prefix)
	return &Group{prefix: prefix, options: options, add: s.handle}
}

// NewGroup makes a group of routes without a server, for a package that offers routes.
func NewGroup(options ...RouteOption) *Group {
	g := &Group{options: options, mounts: true}
	g.add = func(pattern string, handler *Handler, options []RouteOption, source string) {
		g.routes = append(g.routes, groupRoute{pattern, handler, options, source})
	}
	return g
}

// Group makes a group within the group.
func (g *Group) Group(prefix string, options ...RouteOption) *Group {
	g.check("Group")
	checkPrefix(prefix)
	return &Group{prefix: g.prefix + prefix, options: slices.Concat(g.options, options), add: g.add}
}

// Handle adds a route to the group, as [Server.Handle] does.
func (g *Group) Handle(pattern string, handler *Handler, options ...RouteOption) {
	g.check("Handle")
	g.add(prefixed(g.prefix, pattern), handler, slices.Concat(g.options, options), caller())
}

// check panics if the group was made by hand.
func (g *Group) check(method string) {
	if g.add == nil {
		mistake("%s: the group has no server: make it with NewGroup, or with Group of a server", method)
	}
}

// Mount adds the routes that a group of [NewGroup] has so far, each with the prefix before its path. The options
// apply to all of them, before those of the group.
func (s *Server) Mount(prefix string, group *Group, options ...RouteOption) {
	checkPrefix(prefix)
	switch {
	case group == nil:
		mistake("Mount: there is no group")
	case group.add == nil:
		mistake("Mount: the group has no routes: make it with NewGroup")
	case !group.mounts:
		mistake("Mount: the group is a part of another group or of a server: mount the one of NewGroup that it is a part of")
	}
	for _, r := range group.routes {
		s.handle(prefixed(prefix, r.pattern), r.handler, slices.Concat(options, r.options), r.source)
	}
}

// checkPrefix panics if patterns cannot begin with the prefix.
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
		return pattern // not a pattern: the parser will say so
	}
	return method + prefix + path
}

package actors

import (
	"cmp"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A RouteInfo describes a route of a server.
type RouteInfo struct {
	Pattern   string
	Handler   string // its name, which is that of its actors in the log
	Placement string // the function that made the handler: One, Pool, PerKey, PerRequest or Func
	Key       string // the path parameter of PerKey
	// Before and After are the names of the functions of these options, in the order of their calls.
	Before, After []string
	StreamBody    bool
	Vital         bool
	Quiet         bool
	MaxBody       int64         // in octets; below 0 none is allowed
	Timeout       time.Duration // of the handler; below 0 for none
	Source        string        // file:line of the call of Handle
}

// Routes lists the routes of the server, by their paths. It may be called from anywhere, at any time.
func (s *Server) Routes() []RouteInfo {
	var list []RouteInfo
	for _, e := range s.env.routes().Entries() {
		list = append(list, e.Value.info())
	}
	path := func(r RouteInfo) string { return r.Pattern[strings.Index(r.Pattern, "/"):] }
	slices.SortFunc(list, func(a, b RouteInfo) int {
		return cmp.Or(cmp.Compare(path(a), path(b)), cmp.Compare(a.Pattern, b.Pattern))
	})
	return list
}

func (r *route) info() RouteInfo {
	info := RouteInfo{
		Pattern: r.pattern.String(), Handler: r.handler.name, Placement: r.handler.spec.kind, Key: r.handler.spec.key,
		StreamBody: r.streams, Vital: r.vital, Quiet: r.quiet, MaxBody: r.bodyLimit(r.env.config.Limits.Body),
		Timeout: r.timeout, Source: r.source,
	}
	for _, filter := range r.filters.before {
		info.Before = append(info.Before, nameOf(filter))
	}
	for _, filter := range r.filters.after {
		info.After = append(info.After, nameOf(filter))
	}
	return info
}

// nameOf is the name of a function with its package, for example "handlers.(*cors).preflight".
func nameOf(function any) string {
	name := runtime.FuncForPC(reflect.ValueOf(function).Pointer()).Name()
	return strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], "-fm")
}

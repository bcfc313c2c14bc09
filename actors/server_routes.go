package actors

import (
	"slices"

	"github.com/troupe-go/troupe/actors/internal/routing"
)

// Routes can be added and removed while the server serves.

// Handle routes requests that match the pattern to a handler: see [One], [Pool], [PerKey], [PerRequest] and [Func].
// The pattern has the syntax of net/http.ServeMux: method, {name}, {rest...}, {$}; the most specific one wins. A
// handler may have several patterns. Producers may run at the same time as each other: each call has its own
// goroutine, so that a slow one delays nobody else.
//
// Routes may be added while the server serves: requests find the route once Handle has returned.
//
// It panics if the pattern is malformed or conflicts with another one, because these are mistakes of the programmer.
func (s *Server) Handle(pattern string, handler *Handler, options ...RouteOption) {
	s.check("Handle")
	s.handle(pattern, handler, options, caller())
}

func (s *Server) handle(pattern string, handler *Handler, options []RouteOption, source string) {
	added := s.env.newRoute(pattern, handler, options, source)
	s.mu.Lock()
	defer s.mu.Unlock()
	table := s.env.routes()
	if err := table.Conflict(added.entry()); err != nil {
		panic("actors: " + err.Error()) // the error names both places
	}
	if added.handler = table.handlerOf(handler); added.handler == nil {
		if retiring := s.env.retiring.handlerOf(handler); retiring != nil {
			defer retiring.exit()
			added.handler = retiring // it keeps the actors that it still has
		}
	}
	if added.handler == nil {
		added.handler = s.env.newHandler(handler, added)
	}
	s.env.retiring.remove(added.handler)
	if s.pid == nil {
		table.add(added)
		return
	}
	s.env.awaitRouter()
	s.env.system.Root.Send(s.env.system.NewLocalPID(routerName), &adopt{added.handler}) // before its first request comes
	s.env.table.Store(table.with(added))
}

// newRoute makes a route, without its handler. It panics if the pattern or an option is a mistake.
func (env *env) newRoute(pattern string, handler *Handler, options []RouteOption, source string) *route {
	parsed, err := routing.Parse(pattern)
	if err != nil {
		mistake("%v", err)
	}
	if handler != nil && handler.makes == nil {
		mistake("pattern %q: the handler was made by hand: use One, Pool, PerKey, PerRequest or Func", pattern)
	}
	if handler == nil {
		mistake("pattern %q: there is no handler: use One, Pool, PerKey, PerRequest or Func", pattern)
	}
	if key := handler.key; key != "" && !parsed.Has(key) {
		mistake("pattern %q: it has no {%s}, by whose value PerKey tells its actors apart", pattern, key)
	}
	added := &route{env: env, pattern: parsed, source: source}
	for _, option := range options {
		if option == nil {
			mistake("pattern %q: an option is nil", pattern)
		}
		option.setRoute(added)
	}
	if added.timeout == 0 {
		added.timeout = env.config.HandlerTimeout
	}
	return added
}

// Remove removes the route with that pattern, written as for Handle, and reports whether there was one. The handler
// still answers the requests that are on their way to it. If it has no other route, its actors stop after that. It
// may be called from anywhere.
func (s *Server) Remove(pattern string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.env.routes()
	after := before.without(func(r *route) bool { return r.pattern.String() == pattern })
	if len(after.Entries()) == len(before.Entries()) {
		return false
	}
	s.env.table.Store(after)
	if s.pid != nil {
		s.env.awaitRouter()
	}
	for _, h := range before.handlers {
		if s.pid != nil && !slices.Contains(after.handlers, h) {
			s.env.retiring.add(h)
			s.env.readiness.drop(h)
			s.env.system.Root.Send(s.env.system.NewLocalPID(routerName), &retire{h})
		}
	}
	return true
}

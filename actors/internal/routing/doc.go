// Package routing finds the entry for a method and a path. A [Pattern] says which requests it matches, in the syntax
// of net/http.ServeMux. A [Table] holds patterns with their values, and finds the most specific one that matches.
//
// It is pure: no actor, no server, no I/O.
package routing

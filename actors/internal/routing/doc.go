// Package routing finds what is meant by a method and a path. A [Pattern] says which requests are meant, in the syntax of
// net/http.ServeMux, and a [Table] holds patterns with whatever belongs to each, and finds the most specific one that
// matches.
//
// It is pure: no actor, no server, no I/O.
package routing

// Package site has what servers and clients must agree on: routes, contents and limits.
package site

import "time"

// The answer of every server to GET /, without the fields that it adds by default.
const (
	Greeting     = "Hello, World!\n"
	GreetingType = "text/plain; charset=utf-8"
)

const (
	// HealthPath is the path that a prober requests.
	HealthPath = "/health"

	// Health is what every server answers there.
	Health = "well\n"
)

// The work of every server under overload. It takes time without using the processor, like a handler that queries a
// database, and only one request at a time can do it: it is about state.
const (
	WorkPath = "/work"
	WorkTime = 2 * time.Millisecond
)

// Bad is the item of a poisonous request: every handler panics on it.
const Bad = "bad"

// Poisoned is the value of that panic.
const Poisoned = "as the request told it to"

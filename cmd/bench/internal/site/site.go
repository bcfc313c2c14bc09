// Package site has what the servers and their clients have to agree on: routes, contents and limits.
package site

import "time"

// What every server answers to GET /, besides the fields that it adds by default.
const (
	Greeting     = "Hello, World!\n"
	GreetingType = "text/plain; charset=utf-8"
)

const (
	// HealthPath is what a prober asks for.
	HealthPath = "/health"

	// Health is what every server answers there.
	Health = "well\n"
)

// The work that every server does under overload. It takes its time without using the processor, as
// a handler does that asks a database, and only one request can be at it: it is about state.
const (
	WorkPath = "/work"
	WorkTime = 2 * time.Millisecond
)

// Bad is the item on which every handler panics that a poisonous request comes to.
const Bad = "bad"

// Poisoned is what it panics with.
const Poisoned = "as the request told it to"

package main

import "time"

// What every server answers to GET /, besides the fields that it adds by default.
const (
	greeting     = "Hello, World!\n"
	greetingType = "text/plain; charset=utf-8"
)

const (
	// healthPath is what a prober asks for.
	healthPath = "/health"

	// health is what every server answers there.
	health = "well\n"
)

// The work that every server does under overload. It takes its time without using the processor, as
// a handler does that asks a database, and only one request can be at it: it is about state.
const (
	workPath = "/work"
	workTime = 2 * time.Millisecond
)

// bad is the item on which every handler panics that a poisonous request comes to.
const bad = "bad"

// poisoned is what it panics with.
const poisoned = "as the request told it to"

package main

import "time"

const (
	// crashRoutes is how many routes of each kind there are: one that fails too often within a short
	// time pauses, and that is not what is measured.
	crashRoutes = 300

	// bystanders is how many requests a failing handler of these routes leaves unanswered.
	bystanders = 4

	// stopDelay is how long a handler is busy before it stops, so that others queue behind it.
	stopDelay = 10 * time.Millisecond
)

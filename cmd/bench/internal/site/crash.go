package site

import "time"

const (
	// CrashRoutes is how many routes of each kind there are. A route that fails too often within a short time pauses,
	// and that must not be measured.
	CrashRoutes = 300

	// Bystanders is how many requests a failing handler of these routes leaves unanswered.
	Bystanders = 4

	// StopDelay is how long a handler is busy before it stops, so that others queue behind it.
	StopDelay = 10 * time.Millisecond
)

package main

import "strings"

const (
	// soakPath is where a server tells its soakState.
	soakPath = "/soak"

	// soakCopies is how many routes there are of each kind that fails: one alone would soon spend most
	// of its time in pauses.
	soakCopies = 100
)

// soakStatic is what GET /static answers.
var soakStatic = strings.Repeat("All the world's a stage, and all the men and women merely players. ", 30)

// repeated returns a content of so many octets that can be told from that for any other token.
func repeated(token string, octets int) string {
	return strings.Repeat(token, octets/len(token)+1)[:octets]
}

// soakState is what a server tells of its process.
type soakState struct {
	Goroutines int            `json:"goroutines"`
	Injected   map[string]int `json:"injected"`
}

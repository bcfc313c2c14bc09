package site

import "strings"

const (
	// SoakPath makes a server report its SoakState.
	SoakPath = "/soak"

	// SoakCopies is how many routes there are of each failing kind: a single one would soon spend most of its time in
	// pauses.
	SoakCopies = 100
)

// SoakStatic is what GET /static answers.
var SoakStatic = strings.Repeat("All the world's a stage, and all the men and women merely players. ", 30)

// Repeated returns content of that many octets, different for each token.
func Repeated(token string, octets int) string {
	return strings.Repeat(token, octets/len(token)+1)[:octets]
}

// SoakState is the report of a server about its process.
type SoakState struct {
	Goroutines int            `json:"goroutines"` // of the process
	Injected   map[string]int `json:"injected"`   // intended faults of its handlers, by kind
}

package site

import "strings"

const (
	// SoakPath is where a server tells its SoakState.
	SoakPath = "/soak"

	// SoakCopies is how many routes there are of each kind that fails: one alone would soon spend most
	// of its time in pauses.
	SoakCopies = 100
)

// SoakStatic is what GET /static answers.
var SoakStatic = strings.Repeat("All the world's a stage, and all the men and women merely players. ", 30)

// Repeated returns a content of so many octets that can be told from that for any other token.
func Repeated(token string, octets int) string {
	return strings.Repeat(token, octets/len(token)+1)[:octets]
}

// SoakState is what a server tells of its process.
type SoakState struct {
	Goroutines int            `json:"goroutines"` // that it has
	Injected   map[string]int `json:"injected"`   // faults that its handlers had on purpose, by kind
}

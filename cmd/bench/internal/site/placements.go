package site

import "time"

// The routes that compare placements. A key follows each path; only one of them uses it.
const (
	OnePath     = "/one/"
	PoolPath    = "/pool/"
	RequestPath = "/request/"
	KeyPath     = "/key/"
	FuncPath    = "/func/" // also for the rivals, which have no other placement
)

// PoolActors is how many actors answer at PoolPath.
const PoolActors = 8

const (
	// EntityPath is followed by the key of an actor that stays; there is room for MostEntities of them.
	EntityPath   = "/entity/"
	MostEntities = 200_000

	// BriefPath is followed by the key of an actor that stops when it has been idle for BriefTime. It answers
	// with its key.
	BriefPath = "/brief/"
	BriefTime = 4 * time.Millisecond

	// BlockPath is answered after BlockTime, in which a goroutine can do nothing else.
	BlockPath = "/block"
	BlockTime = 10 * time.Millisecond

	// PlacementPath makes a server collect its garbage, and then report its PlacementState.
	PlacementPath = "/placements"
)

// PlacementState is the heap of a server, and the number of actors behind EntityPath and BriefPath.
type PlacementState struct {
	Heap    int64 `json:"heap"`    // octets in use
	Made    int64 `json:"made"`    // actors that were made
	Stopped int64 `json:"stopped"` // actors that have stopped
}

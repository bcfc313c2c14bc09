package site

import "time"

// The routes by which placements are compared. Each path is followed by a key, which only one of them looks at.
const (
	OnePath     = "/one/"
	PoolPath    = "/pool/"
	RequestPath = "/request/"
	KeyPath     = "/key/"
	FuncPath    = "/func/" // also of the rivals, who know no other placement
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

	// PlacementPath is where a server collects its garbage, and then tells its PlacementState.
	PlacementPath = "/placements"
)

// PlacementState is what a server tells of its heap, and of the actors behind EntityPath and BriefPath.
type PlacementState struct {
	Heap    int64 `json:"heap"`    // octets in use
	Made    int64 `json:"made"`    // actors that were made
	Stopped int64 `json:"stopped"` // of those: that have stopped
}

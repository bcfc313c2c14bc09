package troupe

import (
	"maps"
	"sync"
)

// injections count the intended faults of the handlers.
type injections struct {
	mu     sync.Mutex
	counts map[string]int
}

func (i *injections) add(kind string) {
	i.mu.Lock()
	i.counts[kind]++
	i.mu.Unlock()
}

func (i *injections) list() map[string]int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return maps.Clone(i.counts)
}

// Package assault has the attacks on the memory of a server, and their permitted cost.
package assault

import (
	"context"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/vitals"
)

// An Assault is a way to make a server hold more than it must.
type Assault struct {
	Name        string       // its name in the table
	Connections int          // at once
	Most        Cost         // of each connection
	Content     bool         // the server may also hold content: MaxContent
	queue       bool         // a handler is stuck: MaxQueue requests may wait for it, abandoned or not
	Serve       string       // what the server must serve
	from        string       // the address of the clients; any, if empty
	narrow      bool         // the clients take little at a time
	Quiet       bool         // the connections are silent once they are open, and stay
	Run         func(*Enemy) // attacks until the enemy must stop
}

// A Cost is how much one connection may cost the server, in KiB, as documented in docs/explanation/reliability.md.
type Cost int

const (
	costOfIdle    Cost = 6
	costOfTLS     Cost = 16
	costOfSilence Cost = 6 // of a stream
	costOfHead    Cost = 256
	costOfReading Cost = 192
	costOfPlace   Cost = 2 // of an abandoned request in a queue
)

// Rivals lists the servers that can be attacked: net/http has no PROXY protocol.
func (a Assault) Rivals() []string {
	if a.from == site.ProxyAddress {
		return []string{roster.Troupe}
	}
	return []string{roster.Troupe, roster.NetHTTP}
}

// Secure reports whether the clients speak TLS.
func (a Assault) Secure() bool { return a.Serve == "memory-tls" }

// Sum is the most that the server may have resident during the assault, in KiB, as documented in
// docs/how-to/set-limits.md: its memory without clients, two and a half times what they can make it hold, and memory
// that was not given back yet.
func (a Assault) Sum(start int) int {
	held := a.Connections * int(a.Most)
	if a.Content {
		held += site.MemoryContent >> 10
	}
	if a.queue {
		held += site.MemoryQueue * int(costOfPlace)
	}
	return start + held*5/2 + vitals.MoreMemory
}

// On starts all clients of the assault on the server at that address, for that time. The clients of a quiet assault
// stay until they are stopped after the measurement.
func (a Assault) On(ctx context.Context, addr string, lasting time.Duration) *Enemy {
	e := &Enemy{means: means{addr: addr, from: a.from, connections: a.Connections, lasting: lasting, narrow: a.narrow},
		gate: make(chan struct{}, opening)}
	if a.Quiet {
		e.ctx, e.stop = context.WithCancel(ctx)
	} else {
		e.ctx, e.stop = context.WithTimeout(ctx, lasting)
	}
	return e
}

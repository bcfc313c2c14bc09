// Package assault has the attacks on the memory of a server, and what they may cost it.
package assault

import (
	"context"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/vitals"
)

// An Assault is how clients try to have a server hold more than it has to.
type Assault struct {
	Name        string       // by which the table has it
	Connections int          // at once
	Most        Cost         // of each connection
	Content     bool         // the server may hold content besides: MaxContent
	queue       bool         // a handler is stuck: MaxQueue requests may wait for it, whoever has given up
	Serve       string       // what the server has to serve
	from        string       // the address that the clients come from; any, if empty
	narrow      bool         // the clients take little at a time
	Quiet       bool         // the connections are silent once they are open, and stay
	Run         func(*Enemy) // does it, until the enemy has to stop
}

// A Cost is what one connection may cost the server, in KiB, as docs/explanation/reliability.md has it.
type Cost int

const (
	costOfIdle    Cost = 6
	costOfTLS     Cost = 16
	costOfSilence Cost = 6 // of a stream
	costOfHead    Cost = 256
	costOfReading Cost = 192
	costOfPlace   Cost = 2 // in a queue, of a request that nobody waits for
)

// Rivals lists the servers that it is for: net/http knows no PROXY protocol.
func (a Assault) Rivals() []string {
	if a.from == site.ProxyAddress {
		return []string{roster.Troupe}
	}
	return []string{roster.Troupe, roster.NetHTTP}
}

// Secure reports whether the clients speak TLS.
func (a Assault) Secure() bool { return a.Serve == "memory-tls" }

// Sum is the most that the server may have resident during the assault, in KiB, as
// docs/how-to/set-limits.md has it: what it has without clients, two and a half times what they can make
// it hold, and what was not given back yet.
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

// On returns all clients of the assault on the server at that address. They have so long; those of an
// assault that is quiet stay until they are stopped, when they have been looked at.
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

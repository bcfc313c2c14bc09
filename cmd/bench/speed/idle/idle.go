// Package idle measures how much a silent connection costs a server.
package idle

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/process"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
)

// Held is the cost of one idle connection for a server.
type Held struct {
	KiB        float64 // of resident memory
	Goroutines float64 // running for it
}

// Memory measures the cost of each of count idle connections of a server just started: memory from an earlier load
// would hide it.
func Memory(ctx context.Context, name string, kind Kind, count int) (each Held, err error) {
	p, err := start(ctx, name, kind)
	if err != nil {
		return Held{}, err
	}
	defer func() { err = errors.Join(err, p.Stop()) }()
	if err := checkKind(p, kind); err != nil {
		return Held{}, err
	}
	before, err := settled(ctx, p)
	if err != nil {
		return Held{}, err
	}
	conns, err := open(ctx, p.Addr, kind, count)
	defer load.CloseAll(conns)
	if err != nil {
		return Held{}, fmt.Errorf("%s, idle connection %d%s: %w", roster.Label(name), len(conns)+1, kind.Label, err)
	}
	after, err := settled(ctx, p)
	if err != nil {
		return Held{}, err
	}
	if err := load.StillOpen(conns); err != nil {
		return Held{}, fmt.Errorf("%s%s: %w", roster.Label(name), kind.Label, err)
	}
	return Held{(after.KiB - before.KiB) / float64(count), (after.Goroutines - before.Goroutines) / float64(count)}, nil
}

func start(ctx context.Context, name string, kind Kind) (*process.Process, error) {
	if name == roster.Nginx {
		return rivals.Start(ctx, name, "")
	}
	return rivals.StartServing(ctx, name, kind.serve)
}

// checkKind makes an exchange, so that everything that is made on first use exists.
func checkKind(p *process.Process, kind Kind) error {
	conns, err := open(context.Background(), p.Addr, kind, 1)
	load.CloseAll(conns)
	return err
}

// open opens connections one by one, each for one exchange and then silence. It returns the connections without the
// layers on top of them.
func open(ctx context.Context, addr string, kind Kind, count int) ([]net.Conn, error) {
	conns := make([]net.Conn, 0, count)
	reader := bufio.NewReader(nil)
	for range count {
		if ctx.Err() != nil {
			return conns, ctx.Err()
		}
		conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
		if err != nil {
			return conns, err
		}
		conns = append(conns, conn)
		above, err := kind.begin(conn)
		if err != nil {
			return conns, err
		}
		reader.Reset(above)
		if err := load.Exchange(above, reader); err != nil {
			return conns, err
		}
	}
	return conns, nil
}

// settled returns what a server holds in all, after it has been left alone for a while.
func settled(ctx context.Context, p *process.Process) (all Held, err error) {
	select {
	case <-time.After(machine.Settling):
	case <-p.Gone():
		return Held{}, p.Alive()
	case <-ctx.Done():
		return Held{}, ctx.Err()
	}
	kib, err := machine.Resident(p.PID())
	if err != nil || !p.CountsGoroutines() {
		return Held{KiB: float64(kib)}, err
	}
	goroutines, err := p.Goroutines()
	return Held{float64(kib), float64(goroutines)}, err
}

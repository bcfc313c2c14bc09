package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// held is what one idle connection costs a server.
type held struct {
	kib        float64 // of resident memory
	goroutines float64
}

// idleMemory is what each of count idle connections costs a server just started: memory that earlier
// load left behind would hide what the connections need.
func idleMemory(ctx context.Context, name string, kind idleKind, count int) (each held, err error) {
	p, err := startIdle(ctx, name, kind)
	if err != nil {
		return held{}, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	if err := checkKind(p, kind); err != nil {
		return held{}, err
	}
	before, err := settled(ctx, p)
	if err != nil {
		return held{}, err
	}
	conns, err := openIdle(ctx, p.addr, kind, count)
	defer closeAll(conns)
	if err != nil {
		return held{}, fmt.Errorf("%s, idle connection %d%s: %w", label(name), len(conns)+1, kind.label, err)
	}
	after, err := settled(ctx, p)
	if err != nil {
		return held{}, err
	}
	if err := stillOpen(conns); err != nil {
		return held{}, fmt.Errorf("%s%s: %w", label(name), kind.label, err)
	}
	return held{(after.kib - before.kib) / float64(count), (after.goroutines - before.goroutines) / float64(count)}, nil
}

func startIdle(ctx context.Context, name string, kind idleKind) (*process, error) {
	if name == nginx {
		return startRival(ctx, name, "")
	}
	return startServing(ctx, name, kind.serve)
}

// checkKind makes an exchange, so that what is made on first use is there.
func checkKind(p *process, kind idleKind) error {
	conns, err := openIdle(context.Background(), p.addr, kind, 1)
	closeAll(conns)
	return err
}

// openIdle opens connections one by one, each for one exchange and then silence. They are returned without
// what lies over them.
func openIdle(ctx context.Context, addr string, kind idleKind, count int) ([]net.Conn, error) {
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
		if err := exchange(above, reader); err != nil {
			return conns, err
		}
	}
	return conns, nil
}

// settled is what a server holds in all, when it has been left alone for a while.
func settled(ctx context.Context, p *process) (all held, err error) {
	select {
	case <-time.After(settling):
	case <-p.gone():
		return held{}, p.alive()
	case <-ctx.Done():
		return held{}, ctx.Err()
	}
	kib, err := resident(p.pid())
	if err != nil || !p.countsGoroutines() {
		return held{kib: float64(kib)}, err
	}
	goroutines, err := p.goroutines()
	return held{float64(kib), float64(goroutines)}, err
}

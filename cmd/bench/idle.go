package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// settling is how long a server is left alone before its memory is read.
	settling = 2 * time.Second

	// spareDescriptors are for everything but the idle connections.
	spareDescriptors = 256
)

// raiseDescriptorLimit makes room for count connections, here and in the servers, which inherit
// the limit from this process.
func raiseDescriptorLimit(count int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("raising the limit of file descriptors: %w", err)
	}
	if uint64(count)+spareDescriptors > limit.Cur {
		return fmt.Errorf("%d connections need %d file descriptors, and the limit is %d",
			count, count+spareDescriptors, limit.Cur)
	}
	return nil
}

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
		return held{}, fmt.Errorf("%s, idle connection %d%s: %w", peerLabel(name), len(conns)+1, kind.label, err)
	}
	after, err := settled(ctx, p)
	if err != nil {
		return held{}, err
	}
	if err := stillOpen(conns); err != nil {
		return held{}, fmt.Errorf("%s%s: %w", peerLabel(name), kind.label, err)
	}
	return held{(after.kib - before.kib) / float64(count), (after.goroutines - before.goroutines) / float64(count)}, nil
}

func startIdle(ctx context.Context, name string, kind idleKind) (*process, error) {
	if name == "nginx" {
		return startPeer(ctx, name, "")
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

// stillOpen makes sure that the server has closed none: memory is measured of connections that
// are idle, not of those that are gone.
func stillOpen(conns []net.Conn) error {
	octet := make([]byte, 1)
	for i, conn := range conns {
		if err := conn.SetDeadline(time.Time{}); err != nil { // that of its exchange is over
			return err
		}
		raw, err := conn.(syscall.Conn).SyscallConn()
		if err != nil {
			return err
		}
		var peeked error
		err = raw.Read(func(fd uintptr) bool {
			_, _, peeked = syscall.Recvfrom(int(fd), octet, syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
			return true
		})
		if err != nil {
			return err
		}
		if !errors.Is(peeked, syscall.EAGAIN) {
			return fmt.Errorf("idle connection %d of %d did not stay open and silent", i+1, len(conns))
		}
	}
	return nil
}

func closeAll(conns []net.Conn) {
	for _, conn := range conns {
		_ = conn.Close() // the server is about to be stopped
	}
}

// settled is what a server holds in all, when it has been left alone for a while.
func settled(ctx context.Context, p *process) (all held, err error) {
	select {
	case <-time.After(settling):
	case <-p.exited:
		return held{}, p.alive()
	case <-ctx.Done():
		return held{}, ctx.Err()
	}
	kib, err := memoryOf(p)
	if err != nil || p.output == nil {
		return held{kib: float64(kib)}, err
	}
	goroutines, err := p.goroutines()
	return held{float64(kib), float64(goroutines)}, err
}

// memoryOf is the resident memory of the process.
func memoryOf(p *process) (kib int, err error) { return statusOf(p, "VmRSS") }

func statusOf(p *process, name string) (kib int, err error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid()))
	if err != nil {
		return 0, err
	}
	return memoryLine(string(status), name)
}

// memoryLine finds a line of a /proc/PID/status: VmRSS, or VmHWM, the highest that it has been.
func memoryLine(status, name string) (kib int, err error) {
	for line := range strings.Lines(status) {
		rest, found := strings.CutPrefix(line, name+":")
		if !found {
			continue
		}
		words := strings.Fields(rest)
		if len(words) != 2 || words[1] != "kB" {
			return 0, fmt.Errorf("%s is %q, not a number of kB", name, strings.TrimSpace(rest))
		}
		return strconv.Atoi(words[0])
	}
	return 0, fmt.Errorf("/proc/PID/status has no %s", name)
}

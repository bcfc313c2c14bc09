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

// idleMemory is the resident memory, in KiB, that each of count idle connections costs a server
// just started: memory that earlier load left behind would hide what the connections need.
func idleMemory(ctx context.Context, name string, count int) (kib float64, err error) {
	p, err := startPeer(ctx, name, "")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	if err := checkContent(p); err != nil {
		return 0, err
	}
	before, err := settledMemory(ctx, p)
	if err != nil {
		return 0, err
	}
	conns, err := openIdle(ctx, p.addr, count)
	defer closeAll(conns)
	if err != nil {
		return 0, fmt.Errorf("%s, idle connection %d: %w", peerLabel(name), len(conns)+1, err)
	}
	after, err := settledMemory(ctx, p)
	if err != nil {
		return 0, err
	}
	if err := stillOpen(conns); err != nil {
		return 0, fmt.Errorf("%s: %w", peerLabel(name), err)
	}
	return float64(after-before) / float64(count), nil
}

// openIdle opens connections one by one, each for one exchange and then silence.
func openIdle(ctx context.Context, addr string, count int) ([]net.Conn, error) {
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
		reader.Reset(conn)
		if err := exchange(conn, reader); err != nil {
			return conns, errors.Join(err, conn.Close())
		}
		conns = append(conns, conn)
	}
	return conns, nil
}

// stillOpen makes sure that the server has closed none: memory is measured of connections that
// are idle, not of those that are gone.
func stillOpen(conns []net.Conn) error {
	octet := make([]byte, 1)
	for i, conn := range conns {
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

func settledMemory(ctx context.Context, p *process) (kib int, err error) {
	select {
	case <-time.After(settling):
	case <-p.exited:
		return 0, p.alive()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	return memoryOf(p)
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

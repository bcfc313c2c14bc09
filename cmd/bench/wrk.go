package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// errNoWrk is what a user without the load generator reads.
var errNoWrk = errors.New("wrk, the load generator, is not installed; on Debian: apt-get install wrk")

//go:embed load.lua
var loadScript []byte

// load is what wrk does to a server.
type load struct {
	connections int
	depth       int // requests in one write; 1 is without pipelining
}

func (l load) String() string {
	switch {
	case l.depth > 1:
		return fmt.Sprintf("%d connections, %d pipelined", l.connections, l.depth)
	case l.connections == 1:
		return "1 connection"
	default:
		return fmt.Sprintf("%d connections", l.connections)
	}
}

// threads is how many threads wrk runs: as many as have something to do, and two are enough.
func (l load) threads() int { return min(l.connections, 2) }

// generator is wrk with its script on disk.
type generator struct {
	path   string
	script string
}

// findWrk writes the script to a temporary file; close removes it.
func findWrk() (*generator, error) {
	path, err := exec.LookPath("wrk")
	if err != nil {
		return nil, errNoWrk
	}
	f, err := os.CreateTemp("", "troupe-bench-*.lua")
	if err != nil {
		return nil, err
	}
	_, err = f.Write(loadScript)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	return &generator{path: path, script: f.Name()}, nil
}

func (w *generator) close() error { return os.Remove(w.script) }

// run loads the server at addr for a while and reports what wrk saw.
func (w *generator) run(ctx context.Context, addr string, l load, lasting time.Duration) (figures, error) {
	ctx, cancel := context.WithTimeout(ctx, lasting+20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.path,
		"--threads", strconv.Itoa(l.threads()),
		"--connections", strconv.Itoa(l.connections),
		"--duration", fmt.Sprintf("%ds", int(lasting.Seconds())),
		"--script", w.script, "http://"+addr+"/")
	cmd.Env = append(os.Environ(),
		fmt.Sprintf("BENCH_CONNECTIONS=%d", l.connections), fmt.Sprintf("BENCH_DEPTH=%d", l.depth))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches it through ctx
	output, err := cmd.CombinedOutput()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return figures{}, errors.New("wrk did not end in time and was killed")
	case ctx.Err() != nil:
		return figures{}, ctx.Err()
	case err != nil:
		return figures{}, fmt.Errorf("wrk: %w: %s", err, firstLine(output))
	}
	return parseFigures(string(output), l)
}

// wrkVersion names the version of wrk.
func wrkVersion() string { return versionIn(toldBy("wrk", "-v")) }

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	return line
}

// figures are what wrk counted in one run, times in microseconds. A latency is that of a request,
// or of a whole burst where requests are pipelined.
type figures struct {
	microseconds, requests float64
	p50, p99               float64
}

func (f figures) perSecond() float64 { return f.requests / f.microseconds * 1e6 }

// parseFigures finds the line that load.lua writes. A run in which anything failed has no figures:
// a server that refuses connections or answers errors would look fast.
func parseFigures(output string, l load) (figures, error) {
	counts, err := figuresLine(output)
	if err != nil {
		return figures{}, err
	}
	for _, kind := range []string{"connect", "read", "write", "timeout"} {
		if counts[kind] > 0 {
			return figures{}, fmt.Errorf("wrk saw socket errors: %.0f of kind %s", counts[kind], kind)
		}
	}
	if counts["status"] > 0 {
		return figures{}, fmt.Errorf("wrk saw %.0f responses with an error status", counts["status"])
	}
	f := figures{
		microseconds: counts["microseconds"],
		requests:     counts["requests"],
		p50:          counts["p50"],
		p99:          counts["p99"],
	}
	if f.requests == 0 || f.microseconds == 0 {
		return figures{}, errors.New("wrk counted no request")
	}
	// Bursts that the end cut short, one for each connection at most, have no latency.
	untimed := f.requests - counts["latencies"]*float64(l.depth)
	if untimed < 0 || untimed > float64(l.connections*l.depth) {
		return figures{}, fmt.Errorf("wrk counted %.0f latencies of %.0f requests: load.lua does not fit this wrk",
			counts["latencies"], f.requests)
	}
	return f, nil
}

func figuresLine(output string) (map[string]float64, error) {
	for line := range strings.Lines(output) {
		rest, found := strings.CutPrefix(line, "figures ")
		if !found {
			continue
		}
		counts := map[string]float64{}
		for _, word := range strings.Fields(rest) {
			name, value, _ := strings.Cut(word, "=")
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return nil, fmt.Errorf("wrk printed %q where a figure was expected", word)
			}
			counts[name] = n
		}
		return counts, nil
	}
	return nil, fmt.Errorf("wrk printed no figures: %s", firstLine([]byte(output)))
}

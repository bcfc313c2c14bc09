// Package wrk runs wrk, the load generator.
package wrk

import (
	"cmp"
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

	"github.com/troupe-go/troupe/cmd/bench/internal/machine"
	"github.com/troupe-go/troupe/cmd/bench/internal/process"
)

// errNoWrk is the error if the load generator is not installed.
var errNoWrk = errors.New("wrk, the load generator, is not installed; on Debian: apt-get install wrk")

//go:embed load.lua
var loadScript []byte

// Load is what wrk does to a server.
type Load struct {
	Connections int    // at once
	Depth       int    // requests in one write; 1 is without pipelining
	Path        string // the path that it requests; / if empty
	Keys        int    // keys after the path, in turn, without pipelining; 0 for none
	Content     int    // octets that each request has; 0 is a GET
	Threads     int    // of wrk at most; 0 for two
}

// String names the load as the report does.
func (l Load) String() string {
	switch {
	case l.Depth > 1:
		return fmt.Sprintf("%d connections, %d pipelined", l.Connections, l.Depth)
	case l.Content > 0:
		return fmt.Sprintf("%d connections, %s echoed", l.Connections, octets(l.Content))
	case l.Connections == 1:
		return "1 connection"
	default:
		return fmt.Sprintf("%d connections", l.Connections)
	}
}

// octets is a number of octets as the report has it.
func octets(n int) string {
	if n%(1<<10) == 0 {
		return strconv.Itoa(n>>10) + " KiB"
	}
	return strconv.Itoa(n) + " octets"
}

// threads is how many threads wrk runs: no more than have something to do.
func (l Load) threads() int { return min(l.Connections, cmp.Or(l.Threads, 2)) }

// A Generator is wrk with its script on disk.
type Generator struct {
	path   string
	script string
}

// Find looks for wrk, and writes the script to a temporary file; Close removes it.
func Find() (*Generator, error) {
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
	return &Generator{path: path, script: f.Name()}, nil
}

// Close removes the script.
func (w *Generator) Close() error { return os.Remove(w.script) }

// Run loads the server at addr for a while and reports what wrk saw.
func (w *Generator) Run(ctx context.Context, addr string, l Load, lasting time.Duration) (Figures, error) {
	ctx, cancel := context.WithTimeout(ctx, lasting+20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.path,
		"--threads", strconv.Itoa(l.threads()),
		"--connections", strconv.Itoa(l.Connections),
		"--duration", fmt.Sprintf("%ds", int(lasting.Seconds())),
		"--script", w.script, "http://"+addr+cmp.Or(l.Path, "/"))
	cmd.Env = append(os.Environ(), fmt.Sprintf("BENCH_CONNECTIONS=%d", l.Connections),
		fmt.Sprintf("BENCH_DEPTH=%d", l.Depth), fmt.Sprintf("BENCH_KEYS=%d", l.Keys),
		fmt.Sprintf("BENCH_CONTENT=%d", l.Content))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches it through ctx
	output, err := cmd.CombinedOutput()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return Figures{}, errors.New("wrk did not end in time and was killed")
	case ctx.Err() != nil:
		return Figures{}, ctx.Err()
	case err != nil:
		return Figures{}, fmt.Errorf("wrk: %w: %s", err, firstLine(output))
	}
	return parseFigures(string(output), l)
}

// Cost loads a server as Run does, and also reports how much CPU it needed for each request, in microseconds.
func (w *Generator) Cost(ctx context.Context, p *process.Process, l Load, lasting time.Duration) (f Figures, cpu float64, err error) {
	before, err := machine.CPUTime(p.PID())
	if err != nil {
		return f, 0, errors.Join(err, p.Alive())
	}
	if f, err = w.Run(ctx, p.Addr, l, lasting); err != nil {
		return f, 0, errors.Join(err, p.Alive())
	}
	after, err := machine.CPUTime(p.PID())
	if err != nil {
		return f, 0, errors.Join(err, p.Alive())
	}
	return f, float64((after - before).Nanoseconds()) / 1e3 / f.Requests, nil
}

// Version names the version of wrk.
func Version() string { return machine.VersionIn(machine.ToldBy("wrk", "-v")) }

func firstLine(text []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	return line
}

// Figures are what wrk counted in one run, times in microseconds. A latency is that of a request,
// or of a whole burst where requests are pipelined.
type Figures struct {
	Requests     float64 // answered requests
	P50, P99     float64 // latencies
	microseconds float64
}

// PerSecond returns how many requests were answered in a second.
func (f Figures) PerSecond() float64 { return f.Requests / f.microseconds * 1e6 }

// parseFigures finds the line that load.lua writes. A run with any failure has no figures: a server that refuses
// connections or answers errors would look fast.
func parseFigures(output string, l Load) (Figures, error) {
	counts, err := figuresLine(output)
	if err != nil {
		return Figures{}, err
	}
	for _, kind := range []string{"connect", "read", "write", "timeout"} {
		if counts[kind] > 0 {
			return Figures{}, fmt.Errorf("wrk saw socket errors: %.0f of kind %s", counts[kind], kind)
		}
	}
	if counts["status"] > 0 {
		return Figures{}, fmt.Errorf("wrk saw %.0f responses with an error status", counts["status"])
	}
	f := Figures{
		microseconds: counts["microseconds"],
		Requests:     counts["requests"],
		P50:          counts["p50"],
		P99:          counts["p99"],
	}
	if f.Requests == 0 || f.microseconds == 0 {
		return Figures{}, errors.New("wrk counted no request")
	}
	// Bursts that were cut short at the end, at most one per connection, have no latency.
	untimed := f.Requests - counts["latencies"]*float64(l.Depth)
	if untimed < 0 || untimed > float64(l.Connections*l.Depth) {
		return Figures{}, fmt.Errorf("wrk counted %.0f latencies of %.0f requests: load.lua does not fit this wrk",
			counts["latencies"], f.Requests)
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

//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/actorstest"
)

// The program, when what it prints is read by nobody.

// A printer is a program that serves on a Unix socket, and prints where the test wants it to.
type printer struct {
	t       *testing.T
	command *exec.Cmd
	path    string // of its socket
}

// startPrinter starts the program and waits until it serves.
func startPrinter(t *testing.T, stdout, stderr *os.File, args ...string) *printer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	p := &printer{t: t, path: path, command: exec.Command(os.Args[0], append([]string{"--addr", "unix:" + path, "--demo"}, args...)...)}
	p.command.Env = append(os.Environ(), asProgram+"=1")
	p.command.Stdout, p.command.Stderr = stdout, stderr
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.command.Process.Kill(); p.command.Wait() })
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("unix", path); err == nil {
			conn.Close()
			return p
		} else if time.Now().After(until) {
			t.Fatalf("it does not serve: %v", err)
		}
	}
}

// dial connects to the program, with the patience that a program without readers needs.
func (p *printer) dial() *actorstest.Client {
	p.t.Helper()
	c := actorstest.Dial(p.t, "unix", p.path)
	c.Patience = 20 * time.Second
	return c
}

func get(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n" }

// wantServed wants so many requests to be answered, and the program to say that it is well.
func (p *printer) wantServed(n int) {
	p.t.Helper()
	c := p.dial()
	for i := range n {
		path := [...]string{"/health", "/about?" + strings.Repeat("q", 200), "/demo/crash", "/nowhere"}[i%4]
		r, err := c.Exchange(get(path))
		if err != nil || path == "/health" && r.Status != "200 OK" {
			p.t.Fatalf("request %d, %s: got %v, %v", i, path, r, err)
		}
	}
}

// wantEnd wants the program to end with that status after the signals.
func (p *printer) wantEnd(status int, signals ...os.Signal) {
	p.t.Helper()
	for _, signal := range signals {
		if err := p.command.Process.Signal(signal); err != nil {
			p.t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.command.Wait() }()
	select {
	case <-ended:
		if got := p.command.ProcessState; got.ExitCode() != status {
			p.t.Errorf("it ended with %v, want exit status %d", got, status)
		}
	case <-time.After(30 * time.Second):
		p.t.Fatal("no signal ends it")
	}
}

// unread is the end of a pipe that is full already.
func unread(t *testing.T) *os.File {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { read.Close(); write.Close() })
	for _, octets := range []int{4096, 1} {
		write.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		for err = nil; err == nil; {
			_, err = write.WriteString(strings.Repeat("x", octets))
		}
	}
	return write
}

// abandoned is the end of a pipe that nobody will ever read.
func abandoned(t *testing.T) *os.File {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	t.Cleanup(func() { write.Close() })
	return write
}

var outputs = map[string]func(*testing.T) *os.File{"that nobody reads": unread, "whose reader is gone": abandoned}

func TestAPipeStopsNobody(t *testing.T) {
	for name, output := range outputs {
		for _, format := range []string{"text", "json"} {
			t.Run(name+", "+format, func(t *testing.T) {
				t.Parallel()
				p := startPrinter(t, output(t), output(t), "--log-level", "debug", "--log-format", format)
				p.wantServed(4000)
				p.wantEnd(exitOK, syscall.SIGTERM)
			})
		}
	}
}

func TestAPipeHoldsUpNoEnd(t *testing.T) {
	for name, output := range outputs {
		for _, format := range []string{"text", "json"} {
			t.Run(name+", "+format, func(t *testing.T) {
				t.Parallel()
				p := startPrinter(t, output(t), output(t), "--log-format", format)
				p.dial().Send(get("/demo/block/20s"))
				p.wantServed(400)
				p.wantEnd(exitFailed, syscall.SIGTERM, syscall.SIGTERM)

				p = startPrinter(t, output(t), output(t), "--log-format", format, "--drain-timeout", "100ms")
				p.dial().Send(get("/demo/block/20s"))
				p.wantServed(400)
				p.wantEnd(exitFailed, syscall.SIGTERM)

				command := exec.Command(os.Args[0], "--addr", "192.0.2.1:1", "--log-format", format)
				command.Env = append(os.Environ(), asProgram+"=1")
				command.Stdout, command.Stderr = output(t), output(t)
				if err := command.Start(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { command.Process.Kill() })
				(&printer{t: t, command: command}).wantEnd(exitFailed) // it cannot listen there
			})
		}
	}
}

// A late reader finds the last lines, and how many lines are missing before them.
func TestALateReaderIsToldWhatIsMissing(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	p := startPrinter(t, nil, write, "--log-format", "json")
	write.Close()
	p.wantServed(8000) // more than the queue holds
	lines, dropped, exchanges := make(chan map[string]any), 0.0, 0
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(read); scanner.Scan(); {
			line := map[string]any{}
			if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
				line["msg"] = fmt.Sprintf("%v in %q", err, scanner.Text())
			}
			lines <- line
		}
	}()
	ended := false
	for line := range lines {
		switch line["msg"] {
		case "exchange":
			exchanges++
		case "log lines dropped":
			dropped += line["count"].(float64)
			if !ended { // all that was printed before is read
				ended = true
				p.wantServed(4)
				p.command.Process.Signal(syscall.SIGTERM)
			}
		case "starting", "route", "listening", "ready", "crashed", "crashed again", "restarted", "signal", "draining", "stopped", "stopping", "stopped listening", "handler stopped":
		default:
			t.Errorf("what is this: %v", line)
		}
	}
	if dropped == 0 || exchanges < 4 || dropped+float64(exchanges) < 8000 {
		t.Errorf("%d exchanges are in the log, %v lines were dropped of 8000 and more", exchanges, dropped)
	}
	p.wantEnd(exitOK)
}

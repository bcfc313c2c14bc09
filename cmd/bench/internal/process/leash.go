package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// listening begins the line with which a server of ours says that it accepts connections; the address follows.
const listening = "listening on "

// StartLeashed starts a server of ours, and returns when it accepts connections. The server must announce its
// address, and end when its standard input ends.
func StartLeashed(ctx context.Context, label string, cmd *exec.Cmd) (*Process, error) {
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p, err := Start(label, cmd)
	if err != nil {
		return nil, err
	}
	p.Addr, err = p.awaitAddress(ctx, stdout)
	if err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

// awaitAddress reads the line with the server's address.
func (p *Process) awaitAddress(ctx context.Context, stdout io.Reader) (string, error) {
	line := make(chan string, 1)
	p.output = bufio.NewReader(stdout)
	go func() {
		text, _ := p.output.ReadString('\n') // an early end shows in the text
		line <- text
	}()
	select {
	case text := <-line:
		return addressIn(text)
	case <-time.After(startingTime):
		return "", fmt.Errorf("it named no address within %s", startingTime)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// addressIn finds the address in that line.
func addressIn(line string) (string, error) {
	if line == "" {
		return "", errors.New("it ended before it listened")
	}
	addr, found := strings.CutPrefix(strings.TrimSpace(line), listening)
	if !found {
		return "", fmt.Errorf("expected %q and an address, got %q", listening, line)
	}
	return addr, nil
}

// CountsGoroutines reports whether the server can tell its number of goroutines: only our own can.
func (p *Process) CountsGoroutines() bool { return p.output != nil }

// Goroutines asks a server of ours how many goroutines it has.
func (p *Process) Goroutines() (count int, err error) {
	if _, err := io.WriteString(p.leash, "goroutines?\n"); err != nil {
		return 0, err
	}
	line, err := p.output.ReadString('\n')
	if err != nil {
		return 0, err
	}
	_, err = fmt.Sscan(strings.TrimSpace(line), &count)
	return count, err
}

// Announce is called by the server itself: it prints where it listens.
func Announce(addr string) { fmt.Println(listening + addr) }

// UntilEnd is called by the server itself: it returns a context that also ends when r ends. Until then it answers
// questions on r.
func UntilEnd(ctx context.Context, r io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		tellGoroutines(r) // an error is an end like any other
	}()
	return ctx
}

// tellGoroutines answers each line with the number of goroutines.
func tellGoroutines(questions io.Reader) {
	for lines := bufio.NewScanner(questions); lines.Scan(); {
		fmt.Println(runtime.NumGoroutine())
	}
}

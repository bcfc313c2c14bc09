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

// listening is the line by which a server of ours says that it can be connected to; the address follows.
const listening = "listening on "

// StartLeashed starts a server of ours and returns when it can be connected to. It has to announce
// its address, and to end when its standard input does.
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

// awaitAddress reads the line by which the server says where it listens.
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

// addressIn finds the address in the line by which a server says that it listens.
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

// CountsGoroutines reports whether the server can be asked for its goroutines: only one of ours can.
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

// Announce is for the server itself: it says where it listens.
func Announce(addr string) { fmt.Println(listening + addr) }

// UntilEnd is for the server itself: it returns ctx, ending also when r does. Until then it answers
// what is asked there.
func UntilEnd(ctx context.Context, r io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		tellGoroutines(r) // an error is an end like any other
	}()
	return ctx
}

// tellGoroutines answers each line that is read with the number of goroutines.
func tellGoroutines(questions io.Reader) {
	for lines := bufio.NewScanner(questions); lines.Scan(); {
		fmt.Println(runtime.NumGoroutine())
	}
}

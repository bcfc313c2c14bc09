// Package process runs a server as its own process, and talks to it over standard input and output.
package process

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"

	"bufio"
)

const (
	startingTime = 10 * time.Second
	stoppingTime = 5 * time.Second
)

// Process is a running server in its own operating-system process.
type Process struct {
	Addr string // where it accepts connections
	Dir  string // its own directory, removed after it, or empty

	label  string
	cmd    *exec.Cmd
	leash  io.WriteCloser // its standard input: a server of ours ends when it does, and answers its lines
	output *bufio.Reader  // of a server of ours
	exited chan struct{}  // closed once the process is gone and outcome is set

	outcome error
}

// Start puts cmd into its own process group, so that Ctrl-C reaches only the bench, which then stops each server by
// its PID. Errors name the server by its label.
func Start(label string, cmd *exec.Cmd) (*Process, error) {
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	leash, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{label: label, cmd: cmd, leash: leash, exited: make(chan struct{})}
	go func() {
		p.outcome = cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// AwaitConnection returns when the server at the address accepts connections.
func (p *Process) AwaitConnection(ctx context.Context) error {
	deadline := time.Now().Add(startingTime)
	for time.Now().Before(deadline) && ctx.Err() == nil {
		if err := p.Alive(); err != nil {
			return err
		}
		conn, err := net.DialTimeout("tcp", p.Addr, time.Second)
		if err == nil {
			return conn.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("it accepted no connection within %s", startingTime)
}

// PID returns the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Gone returns a channel that is closed once the process has ended.
func (p *Process) Gone() <-chan struct{} { return p.exited }

// Alive returns nil while the process runs, and otherwise how it ended.
func (p *Process) Alive() error {
	select {
	case <-p.exited:
		return fmt.Errorf("%s ended on its own (%v)", p.label, p.cmd.ProcessState)
	default:
		return nil
	}
}

// Stop asks the process to end, and kills it if it does not. It is no error if the process has ended on its own.
func (p *Process) Stop() error {
	defer p.leash.Close()
	if p.Dir != "" {
		defer os.RemoveAll(p.Dir) // leftovers in the temporary directory do no harm
	}
	if p.Alive() != nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // an error means that it has just ended
	select {
	case <-p.exited:
	case <-time.After(stoppingTime):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return fmt.Errorf("%s did not end within %s of SIGTERM and was killed", p.label, stoppingTime)
	}
	if p.outcome != nil {
		return fmt.Errorf("%s did not end cleanly: %w", p.label, p.outcome)
	}
	return nil
}

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	startingTime = 10 * time.Second
	stoppingTime = 5 * time.Second
)

// process is a server that runs, as one operating-system process of its own.
type process struct {
	name   string
	addr   string
	cmd    *exec.Cmd
	leash  io.WriteCloser // its standard input: the Go peers end when it does, and answer its lines
	output *bufio.Reader  // of a Go peer
	dir    string         // a directory of its own, removed after it, or empty
	exited chan struct{}  // closed once the process is gone and outcome is set

	outcome error
}

// startPeer starts the named server and returns when it can be connected to. A Go server writes
// its CPU profile to the directory profile, unless that is empty.
func startPeer(ctx context.Context, name, profile string) (*process, error) {
	var (
		p   *process
		err error
	)
	if name == "nginx" {
		p, err = startNginx(ctx)
	} else {
		var flags []string
		if profile != "" {
			flags = []string{"--cpuprofile", filepath.Join(profile, name+".pprof")}
		}
		p, err = startGoPeer(ctx, name, "", flags...)
	}
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", peerLabel(name), err)
	}
	return p, nil
}

// startServing starts a Go server that serves what is not the measured route of run.
func startServing(ctx context.Context, name, what string) (*process, error) {
	dir, err := os.MkdirTemp("", "troupe-bench-")
	if err != nil {
		return nil, err
	}
	if err := writeCertificate(dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	p, err := startGoPeer(ctx, name, dir, "--serve", what)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", peerLabel(name), err), os.RemoveAll(dir))
	}
	p.dir = dir
	return p, nil
}

// startGoPeer starts a peer in a working directory, or in ours.
func startGoPeer(ctx context.Context, name, dir string, flags ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"peer", name, "--addr", "127.0.0.1:0", "--until-stdin-ends"}
	cmd := exec.Command(self, append(args, flags...)...)
	cmd.Dir = dir
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p, err := startProcess(name, cmd)
	if err != nil {
		return nil, err
	}
	p.addr, err = p.awaitAddress(ctx, stdout)
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// startProcess puts cmd into a process group of its own, so that Ctrl-C reaches the bench alone,
// which then stops each server by its PID.
func startProcess(name string, cmd *exec.Cmd) (*process, error) {
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	leash, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{name: name, cmd: cmd, leash: leash, exited: make(chan struct{})}
	go func() {
		p.outcome = cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// awaitAddress reads the line by which the server says where it listens.
func (p *process) awaitAddress(ctx context.Context, stdout io.Reader) (string, error) {
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

func (p *process) pid() int { return p.cmd.Process.Pid }

// alive is nil while the process runs, and says how it ended otherwise.
func (p *process) alive() error {
	select {
	case <-p.exited:
		return fmt.Errorf("%s ended on its own (%v)", peerLabel(p.name), p.cmd.ProcessState)
	default:
		return nil
	}
}

// stop asks the process to end and makes it end if it does not comply. A process that has already
// ended on its own is no failure of stopping.
func (p *process) stop() error {
	defer p.leash.Close()
	if p.dir != "" {
		defer os.RemoveAll(p.dir) // what stays in the temporary directory does no harm
	}
	if p.alive() != nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // an error means that it has just ended
	select {
	case <-p.exited:
	case <-time.After(stoppingTime):
		_ = p.cmd.Process.Kill()
		<-p.exited
		return fmt.Errorf("%s did not end within %s of SIGTERM and was killed", peerLabel(p.name), stoppingTime)
	}
	if p.outcome != nil {
		return fmt.Errorf("%s did not end cleanly: %w", peerLabel(p.name), p.outcome)
	}
	return nil
}

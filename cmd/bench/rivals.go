package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// goRivals are the servers that this very program can be, by their names on the command line, and
// what each can serve.
var goRivals = map[string]map[string]func(net.Listener) error{
	troupe: {"hello": serveTroupe, "tls": serveTroupeTLS, "proxied": serveTroupeProxied, "work": serveTroupeWork,
		"crash": serveCrash, "slow": serveSlow, "soak": serveSoak, "memory": serveMemory, "memory-tls": serveMemoryTLS,
		"memory-proxied": serveMemoryProxied, "poison": servePoison, "fair": serveFair},
	netHTTP: {"hello": serveNetHTTP, "tls": serveNetHTTPTLS, "proxied": serveNetHTTPProxied, "work": serveNetHTTPWork,
		"memory": serveNetHTTPMemory, "memory-tls": serveNetHTTPMemoryTLS, "poison": serveNetHTTPPoison, "fair": serveNetHTTPWork},
	fastHTTP: {"hello": serveFastHTTP, "tls": serveFastHTTPTLS, "proxied": serveFastHTTPProxied, "work": serveFastHTTPWork},
}

// startRival starts the named server and returns when it can be connected to. A Go server writes
// its CPU profile to the directory profile, unless that is empty.
func startRival(ctx context.Context, name, profile string) (*process, error) {
	var (
		p   *process
		err error
	)
	if name == nginx {
		p, err = startNginx(ctx)
	} else {
		var flags []string
		if profile != "" {
			flags = []string{"--cpuprofile", filepath.Join(profile, name+".pprof")}
		}
		p, err = startGoRival(ctx, name, "", flags...)
	}
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", label(name), err)
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
	p, err := startGoRival(ctx, name, dir, "--serve", what)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", label(name), err), os.RemoveAll(dir))
	}
	p.dir = dir
	return p, nil
}

// startGoRival starts a Go server in a working directory, or in ours.
func startGoRival(ctx context.Context, name, dir string, flags ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{rivalCommandName, name, "--addr", "127.0.0.1:0", "--until-stdin-ends"}
	cmd := exec.Command(self, append(args, flags...)...)
	cmd.Dir = dir
	return startLeashed(ctx, label(name), cmd)
}

// installed leaves nginx out where there is none: it is a yardstick, not a requirement.
func installed(names []string) []string {
	if _, err := exec.LookPath("nginx"); err == nil || !slices.Contains(names, nginx) {
		return names
	}
	fmt.Fprintln(os.Stderr, "nginx is not installed and is left out; on Debian: apt-get install nginx-light")
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == nginx })
}

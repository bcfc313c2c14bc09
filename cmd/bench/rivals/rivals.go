// Package rivals starts the measured servers, including Troupe. Most are this program itself, with a special command.
package rivals

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/troupe-go/troupe/cmd/bench/internal/certificate"
	"github.com/troupe-go/troupe/cmd/bench/internal/process"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/rivals/fasthttp"
	"github.com/troupe-go/troupe/cmd/bench/rivals/nethttp"
	"github.com/troupe-go/troupe/cmd/bench/rivals/nginx"
	"github.com/troupe-go/troupe/cmd/bench/rivals/troupe"
)

// CommandName is the command of the bench that runs a server.
const CommandName = "rival"

// goRivals are the servers that this program can be, by their names on the command line, and what each can serve.
var goRivals = map[string]map[string]func(net.Listener) error{
	roster.Troupe:   troupe.Serves,
	roster.NetHTTP:  nethttp.Serves,
	roster.FastHTTP: fasthttp.Serves,
}

// Start starts the named server, and returns when it accepts connections. A Go server writes its CPU profile to the
// directory profile, unless that is empty.
func Start(ctx context.Context, name, profile string) (*process.Process, error) {
	var (
		p   *process.Process
		err error
	)
	if name == roster.Nginx {
		p, err = nginx.Start(ctx)
	} else {
		var flags []string
		if profile != "" {
			flags = []string{"--cpuprofile", filepath.Join(profile, name+".pprof")}
		}
		p, err = startGo(ctx, name, "", flags...)
	}
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", roster.Label(name), err)
	}
	return p, nil
}

// StartServing starts a Go server that serves something else than the measured route of run.
func StartServing(ctx context.Context, name, what string) (*process.Process, error) {
	dir, err := os.MkdirTemp("", "troupe-bench-")
	if err != nil {
		return nil, err
	}
	if err := certificate.Write(dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	p, err := startGo(ctx, name, dir, "--serve", what)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", roster.Label(name), err), os.RemoveAll(dir))
	}
	p.Dir = dir
	return p, nil
}

// startGo starts a Go server in a working directory, or in ours.
func startGo(ctx context.Context, name, dir string, flags ...string) (*process.Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{CommandName, name, "--addr", "127.0.0.1:0", "--until-stdin-ends"}
	cmd := exec.Command(self, append(args, flags...)...)
	cmd.Dir = dir
	return process.StartLeashed(ctx, roster.Label(name), cmd)
}

// Installed removes nginx from the names if it is not installed: it is a yardstick, not a requirement.
func Installed(names []string) []string {
	if _, err := exec.LookPath("nginx"); err == nil || !slices.Contains(names, roster.Nginx) {
		return names
	}
	fmt.Fprintln(os.Stderr, "nginx is not installed and is left out; on Debian: apt-get install nginx-light")
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == roster.Nginx })
}

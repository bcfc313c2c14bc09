// Package nginx starts nginx, which is the yardstick.
package nginx

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/troupe-go/troupe/cmd/bench/internal/process"
	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
)

// filesTemplate is the server of StartFiles, and proxyTemplate that of StartProxy, which keeps its connections.
const filesTemplate = `
    server {
        listen %[1]s;
        sendfile on;
        location /files/ {
            alias %[2]s/;
        }
        location /proxied/ {
            alias %[2]s/;
        }
    }
}
`

const proxyTemplate = `
    upstream behind {
        server %[2]s;
        keepalive 128;
    }
    server {
        listen %[1]s;
        location / {
            proxy_pass http://behind;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}
`

// greetTemplate is the server of Start.
const greetTemplate = `
    server {
        listen %s;
        location = / {
            return 200 "Hello, World!\n";
        }
    }
}
`

// template is the configuration before the server. The only worker is the process itself: one PID to measure and to stop. The
// directories for request bodies are named because the defaults need root.
const template = `daemon off;
master_process off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
events {
    worker_connections 16384;
}
http {
    access_log off;
    default_type text/plain;
    charset utf-8;
    keepalive_timeout 120s;
    keepalive_requests 1000000000;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
`

// Start starts nginx with a greeting at /, from a directory that is removed when it is stopped.
func Start(ctx context.Context) (*process.Process, error) {
	return start(ctx, func(addr, _ string) string { return fmt.Sprintf(greetTemplate, addr) })
}

// StartFiles starts nginx with the files of package site.
func StartFiles(ctx context.Context) (*process.Process, error) {
	return start(ctx, func(addr, dir string) string { return fmt.Sprintf(filesTemplate, addr, dir) })
}

// StartProxy starts nginx as a proxy to the server at upstream, HOST:PORT.
func StartProxy(ctx context.Context, upstream string) (*process.Process, error) {
	return start(ctx, func(addr, _ string) string { return fmt.Sprintf(proxyTemplate, addr, upstream) })
}

func start(ctx context.Context, server func(addr, dir string) string) (*process.Process, error) {
	dir, err := os.MkdirTemp("", "troupe-bench-nginx-")
	if err != nil {
		return nil, err
	}
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(config, []byte(template+server(addr, dir)), 0o600); err != nil {
		return nil, err
	}
	if err := errors.Join(os.Chmod(dir, 0o755), site.WriteFiles(dir)); err != nil {
		return nil, err
	}
	p, err := process.Start(roster.Label(roster.Nginx), exec.Command("nginx", "-p", dir, "-c", config, "-e", "stderr"))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	p.Addr, p.Dir = addr, dir
	if err := p.AwaitConnection(ctx); err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

// freeAddress returns an address on which nobody listened a moment ago: nginx cannot pick one itself.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

//go:build unix

package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Each of these begins a drain and does not cut it short: what was begun is answered.
func TestSignalsThatDrain(t *testing.T) {
	for name, sent := range map[string][]syscall.Signal{
		"SIGTERM":            {syscall.SIGTERM},
		"SIGINT":             {syscall.SIGINT},
		"SIGHUP":             {syscall.SIGHUP},
		"SIGTERM twice":      {syscall.SIGTERM, syscall.SIGTERM},
		"SIGTERM and SIGHUP": {syscall.SIGTERM, syscall.SIGHUP},
		"SIGHUP twice":       {syscall.SIGHUP, syscall.SIGHUP},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, "", nil, "--addr", "127.0.0.1:0", "--demo")
			p.lines.Scan()
			reader := begin(t, strings.TrimPrefix(p.lines.Text(), "Server running at http://"), "GET /demo/block/300ms HTTP/1.1\r\nHost: a\r\n\r\n")
			for i, signal := range sent {
				if i > 0 {
					time.Sleep(50 * time.Millisecond) // two that wait to be delivered would be one
				}
				p.command.Process.Signal(signal)
			}
			response, err := http.ReadResponse(reader, nil)
			if err != nil || response.StatusCode != 200 || !response.Close {
				t.Errorf("what was begun: want 200 and close, got %v, %v", response, err)
			}
			for p.lines.Scan() {
			}
			if err := p.command.Wait(); err != nil {
				t.Errorf("%v; its log is\n%s", err, p.log.String())
			}
			if n := strings.Count(p.log.String(), "means="); n != len(sent) {
				t.Errorf("want %d lines that say what was understood, got\n%s", len(sent), p.log.String())
			}
		})
	}
}

// begin sends a request that is being handled when begin returns, as far as a client can tell.
func begin(t *testing.T, address, request string) *bufio.Reader {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprint(conn, "GET /health HTTP/1.1\r\nHost: a\r\n\r\n", request)
	reader := bufio.NewReader(conn)
	if response, err := http.ReadResponse(reader, nil); err != nil || response.StatusCode != 200 {
		t.Fatalf("the first of the connection: %v, %v", response, err)
	} else if _, err := reader.Discard(int(response.ContentLength)); err != nil {
		t.Fatal(err)
	}
	return reader
}

// A program that nohup starts goes on when its terminal is closed.
func TestAHangupThatIsIgnoredStaysIgnored(t *testing.T) {
	p := start(t, "trap '' HUP;", nil, "--addr", "127.0.0.1:0")
	p.lines.Scan()
	url := strings.TrimPrefix(p.lines.Text(), "Server running at ")
	p.command.Process.Signal(syscall.SIGHUP)
	time.Sleep(50 * time.Millisecond)
	wantHealth(t, url, nil, nil)
	p.end()
	if strings.Contains(p.log.String(), "hangup") {
		t.Errorf("it has heard of it:\n%s", p.log.String())
	}
}

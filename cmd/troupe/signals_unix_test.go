//go:build unix

package main

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/actorstest"
)

// Each of these begins a drain and does not cut it short: open requests are answered.
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
			c := begin(t, strings.TrimPrefix(p.lines.Text(), "Server running at http://"), get("/demo/block/300ms"))
			for i, signal := range sent {
				if i > 0 {
					time.Sleep(50 * time.Millisecond) // two that wait to be delivered would be one
				}
				p.command.Process.Signal(signal)
			}
			r, err := c.Read("GET")
			if err != nil || r.Status != "200 OK" || !r.Closes() {
				t.Errorf("what was begun: want 200 and close, got %v, %v", r, err)
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
func begin(t *testing.T, address, request string) *actorstest.Client {
	t.Helper()
	c := actorstest.Dial(t, "tcp", address)
	c.Send(get("/health") + request)
	c.Want("the first of the connection", "200 OK")
	return c
}

// A program that nohup starts goes on when its terminal is closed.
func TestAHangupThatIsIgnoredStaysIgnored(t *testing.T) {
	p := start(t, "trap '' HUP;", nil, "--addr", "127.0.0.1:0")
	p.lines.Scan()
	address := strings.TrimPrefix(p.lines.Text(), "Server running at http://")
	p.command.Process.Signal(syscall.SIGHUP)
	time.Sleep(50 * time.Millisecond)
	wantHealth(t, actorstest.Dial(t, "tcp", address))
	p.end()
	if strings.Contains(p.log.String(), "hangup") {
		t.Errorf("it has heard of it:\n%s", p.log.String())
	}
}

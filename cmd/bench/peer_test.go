package main

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test binary be a peer as well: startPeer starts the program that it is in.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "peer" {
		main()
	}
	os.Exit(m.Run())
}

func TestEveryGoPeerAnswersAlikeAndEndsCleanly(t *testing.T) {
	for name := range goPeers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p, err := startPeer(t.Context(), name, dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := checkContent(p); err != nil {
				t.Error(err)
			}
			if err := p.stop(); err != nil {
				t.Error(err)
			}
			profile, err := os.Stat(filepath.Join(dir, name+".pprof"))
			if err != nil || profile.Size() == 0 {
				t.Errorf("the CPU profile was not written: %v", err)
			}
		})
	}
}

func TestAPeerThatEndsOnItsOwnIsNoticed(t *testing.T) {
	p, err := startPeer(t.Context(), "nethttp", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.exited
	if err := p.alive(); err == nil || !strings.Contains(err.Error(), "net/http ended on its own (signal: killed)") {
		t.Errorf("error %v, want one that says how it ended", err)
	}
	if err := p.stop(); err != nil {
		t.Errorf("stopping what has ended: %v", err)
	}
}

func TestIdleConnectionsOfEachKindAreCounted(t *testing.T) {
	for name := range goPeers {
		for _, kind := range idleKinds {
			t.Run(name+kind.label, func(t *testing.T) {
				p, err := startIdle(t.Context(), name, kind)
				if err != nil {
					t.Fatal(err)
				}
				before, err := p.goroutines()
				if err != nil || before == 0 {
					t.Errorf("%d goroutines, %v", before, err)
				}
				conns, err := openIdle(t.Context(), p.addr, kind, 5)
				defer closeAll(conns)
				if err != nil || len(conns) != 5 {
					t.Fatalf("%d connections, %v, want 5", len(conns), err)
				}
				if err := stillOpen(conns); err != nil {
					t.Error(err)
				}
				if err := p.stop(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestIdleConnectionsAreCounted(t *testing.T) {
	p, err := startPeer(t.Context(), "nethttp", "")
	if err != nil {
		t.Fatal(err)
	}
	conns, err := openIdle(t.Context(), p.addr, idleKinds[0], 5)
	defer closeAll(conns)
	if err != nil || len(conns) != 5 {
		t.Fatalf("%d connections, %v, want 5", len(conns), err)
	}
	if err := stillOpen(conns); err != nil {
		t.Error(err)
	}
	if err := p.stop(); err != nil {
		t.Error(err)
	}
	if err := stillOpen(conns); err == nil {
		t.Error("no error, and the server is gone")
	}
}

func TestAServerThatAnswersOtherwiseIsNotMeasured(t *testing.T) {
	for _, c := range []struct{ name, response, want string }{
		{"another status", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "404 Not Found"},
		{"other content", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHi", `"Hi"`},
		{"another type", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\nHello, World!\n", "text/html"},
		{"no length", "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n" +
			"e\r\nHello, World!\n\r\n0\r\n\r\n", "Content-Length"},
		{"no date", "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 14\r\n\r\nHello, World!\n", "Date"},
		{"no persistence", "HTTP/1.1 200 OK\r\nDate: x\r\nConnection: close\r\n" +
			"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 14\r\n\r\nHello, World!\n", "persist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, server := net.Pipe()
			defer client.Close()
			go func() {
				defer server.Close()
				if _, err := http.ReadRequest(bufio.NewReader(server)); err == nil {
					_, _ = server.Write([]byte(c.response)) // the client may have seen enough
				}
			}()
			err := exchange(client, bufio.NewReader(client))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestAddressIn(t *testing.T) {
	if got, err := addressIn("listening on 127.0.0.1:80\n"); err != nil || got != "127.0.0.1:80" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, line := range []string{"", "panic: no\n"} {
		if _, err := addressIn(line); err == nil {
			t.Errorf("%q: no error", line)
		}
	}
}

//go:build unix

package main

import (
	"net"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The commands on these pages print what the pages say, in a shell that has only what the page has made before.
func TestDocsSessions(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("curl is not installed; .ci/run does that")
	}
	for _, page := range []string{"docs/how-to/serve-files.md", "docs/how-to/be-a-proxy.md"} {
		t.Run(page, func(t *testing.T) {
			s := &session{t: t, directory: t.TempDir(), ports: map[string]string{}, servers: map[string]*program{}}
			defer func() {
				for _, server := range s.servers {
					server.end()
				}
			}()
			for _, block := range regexp.MustCompile("(?ms)^```console\n(.*?)^```$").FindAllStringSubmatch(docsText(t, page), -1) {
				for _, command := range strings.Split("\n"+block[1], "\n$ ")[1:] {
					s.do(command)
				}
			}
			if s.done < 5 {
				t.Errorf("the page has %d commands", s.done)
			}
		})
	}
}

// A session is a shell, and the servers that were started: at each address the last one.
type session struct {
	t         *testing.T
	directory string
	ports     map[string]string // free ones, for those of the page
	servers   map[string]*program
	done      int
}

// port matches the ports of pages.
var port = regexp.MustCompile(`\b[89]\d{3}\b`)

// onFreePorts returns the text with other ports.
func (s *session) onFreePorts(text string) string {
	return port.ReplaceAllStringFunc(text, func(found string) string {
		if s.ports[found] == "" {
			address := freeAddress(s.t)
			s.ports[found] = address[strings.LastIndex(address, ":")+1:]
		}
		return s.ports[found]
	})
}

// do runs a command with the output that the page shows.
func (s *session) do(text string) {
	s.t.Helper()
	command, want, _ := strings.Cut(strings.TrimSuffix(text, "\n"), "\n")
	for strings.HasSuffix(command, `\`) { // it goes on
		var more string
		more, want, _ = strings.Cut(want, "\n")
		command = strings.TrimSuffix(command, `\`) + more
	}
	command, want = s.onFreePorts(command), strings.ReplaceAll(s.onFreePorts(want), "/home/you/troupe", s.directory)
	s.done++
	if args, is := strings.CutPrefix(command, "go run ./cmd/troupe "); is {
		s.serve(args, want)
		return
	}
	shell := exec.Command("/bin/sh", "-c", command)
	shell.Dir = s.directory
	output, _ := shell.Output() // a status that the page does not show is none of its business
	if got := strings.TrimSuffix(strings.ReplaceAll(string(output), "\r", ""), "\n"); untimed(got) != untimed(want) {
		s.t.Errorf("$ %s\n%s\nthe page has\n%s", command, got, want)
	}
}

var timed = regexp.MustCompile(`(?m)^(Date|Last-Modified|ETag): .*$`)

// untimed returns a text without what differs each time.
func untimed(text string) string { return timed.ReplaceAllString(text, "$1: …") }

// serve starts a server, with these lines at the beginning of what it says.
func (s *session) serve(args, want string) {
	s.t.Helper()
	first, _, _ := strings.Cut(want, "\n")
	_, address, _ := strings.Cut(first, "://")
	if before := s.servers[address]; before != nil {
		before.end()
	}
	script := `cd "` + s.directory + `"; TROUPE_ADDR=` + s.onFreePorts("127.0.0.1:8080") + ` exec "$0" ` + args + ` #`
	server := start(s.t, script, nil)
	s.servers[address] = server
	for line := range strings.SplitSeq(want, "\n") {
		server.want(line)
	}
	s.await(address)
}

// await waits until somebody listens.
func (s *session) await(address string) {
	for until := time.Now().Add(5 * time.Second); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return
		}
	}
	s.t.Errorf("nobody listens at %s", address)
}

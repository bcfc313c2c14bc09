//go:build unix

package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/troupe-go/troupe/actors/console"
)

// Every log line on a page is one that the program writes: with that level, and those words and attributes in that
// order. Times, numbers and names may differ.
func TestDocsShowTheLogAsItIs(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for timeouts")
	}
	written := make(map[string]bool)
	for _, line := range logOfEverything(t) {
		if form, ok := logForm(line); ok {
			written[form] = true
		}
	}
	shown := 0
	for _, page := range docsPages(t) {
		if strings.Contains(page, "decisions/") {
			continue // they say what was
		}
		for line := range strings.Lines(docsText(t, page)) {
			form, ok := logForm(strings.TrimSpace(line))
			if !ok {
				continue
			}
			shown++
			if begin, cut := strings.CutSuffix(form, " …"); cut {
				ok = false
				for whole := range written {
					ok = ok || strings.HasPrefix(whole, begin+" ")
				}
			} else {
				ok = written[form]
			}
			if !ok {
				t.Errorf("%s shows %q, which the program does not write; it has\n%s", page, form, strings.Join(ofMessage(written, form), "\n"))
			}
		}
	}
	if shown < 25 {
		t.Errorf("only %d lines of the log were found in the pages", shown)
	}
}

var (
	logLine = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3} (DBG|INF|WRN|ERR) (.*)$`)
	logAttr = regexp.MustCompile(` ([a-z][A-Za-z0-9_.]*)=("(?:[^"\\]|\\.)*"|[^ "]*)`)
)

// logForm is the part that must be the same: level, message, names of attributes.
func logForm(line string) (form string, ok bool) {
	if strings.HasPrefix(line, `{"time":`) {
		return jsonForm(line)
	}
	parts := logLine.FindStringSubmatch(line)
	if parts == nil {
		return "", false
	}
	first := logAttr.FindStringIndex(parts[2])
	if first == nil {
		return "", false
	}
	form = parts[1] + " " + parts[2][:first[0]]
	for _, attr := range logAttr.FindAllStringSubmatch(parts[2], -1) {
		form += " " + attr[1]
	}
	if strings.HasSuffix(line, " …") {
		form += " …"
	}
	return form, true
}

// jsonForm is the same of a line that is an object: the stack alone is below a line of text.
func jsonForm(line string) (form string, ok bool) {
	var fixed struct{ Level, Msg string }
	if json.Unmarshal([]byte(line), &fixed) != nil || fixed.Msg == "" {
		return "", false
	}
	form = map[string]string{"DEBUG": "DBG", "INFO": "INF", "WARN": "WRN", "ERROR": "ERR"}[fixed.Level] + " " + fixed.Msg
	keys := json.NewDecoder(strings.NewReader(line))
	keys.Token() // {
	for keys.More() {
		key, _ := keys.Token()
		var value json.RawMessage
		if keys.Decode(&value) != nil {
			return "", false
		}
		if !slices.Contains([]any{"time", "level", "msg", "stack"}, any(key)) {
			form += fmt.Sprint(" ", key)
		}
	}
	return form, true
}

func ofMessage(written map[string]bool, form string) (like []string) {
	words := strings.Fields(form)
	for one := range written {
		if strings.HasPrefix(one, words[0]+" "+words[1]) {
			like = append(like, one)
		}
	}
	slices.Sort(like)
	return like
}

// logOfEverything runs the program, and a program like those of the pages, and has happen what pages tell of.
func logOfEverything(t *testing.T) []string {
	var all strings.Builder
	get := func(address, path string) {
		response, err := http.Get("http://" + address + path)
		if err == nil {
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
	}
	for _, level := range []string{"info", "debug"} {
		p := start(t, "TROUPE_ADRESS=x", nil, "--demo", "--addr", "127.0.0.1:0", "--log-level", level, "--handler-timeout", "1500ms")
		p.lines.Scan()
		address := strings.TrimPrefix(p.lines.Text(), "Server running at http://")
		for range 100 { // until it accepts
			if conn, err := net.Dial("tcp", address); err == nil {
				conn.Close()
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		for _, path := range []string{"/health", "/nowhere", "/demo/crash", "/demo/crash/connection", "/demo/items/bad", "/demo/hits", "/demo/octets/10"} {
			get(address, path)
		}
		for range 3 { // the first is late, the others wait for too long
			go get(address, "/demo/one?take=2s")
			time.Sleep(100 * time.Millisecond)
		}
		for range 20 {
			if conn, err := net.Dial("tcp", address); err == nil {
				io.WriteString(conn, "GET / HTTP/1.1\n\n")
				io.Copy(io.Discard, conn)
				conn.Close()
			}
		}
		time.Sleep(2500 * time.Millisecond) // for the handlers' timeouts, and late answers
		p.command.Process.Signal(syscall.SIGINT)
		p.command.Wait()
		all.WriteString(p.log.String())
	}
	all.WriteString(logOfAProgram(t))
	all.WriteString(logOfCertificates(t))
	all.WriteString(logOfAuthorities(t))
	return strings.Split(all.String(), "\n")
}

// logOfAProgram is the log of the program below testdata that makes every mistake of the pages.
func logOfAProgram(t *testing.T) string {
	t.Helper()
	module := newDocsModule(t)
	source, err := os.ReadFile("testdata/mistakes.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(module, "main.go"), source, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("go", "run", ".")
	command.Dir = module
	command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	var log strings.Builder
	command.Stderr = &log
	if err := command.Run(); err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return log.String()
}

// logOfCertificates is the log of the program when its certificate changes, for better and for worse.
func logOfCertificates(t *testing.T) string {
	t.Helper()
	certFile, keyFile, _ := writePair(t)
	p := start(t, "", nil, "--addr", "127.0.0.1:0", "--tls-cert", certFile, "--tls-key", keyFile)
	p.lines.Scan()
	address := strings.TrimPrefix(p.lines.Text(), "Server running at https://")
	otherCert, otherKey, _ := writePair(t)
	for _, change := range []func(){
		func() { os.Rename(otherCert, certFile); os.Rename(otherKey, keyFile) },
		func() { os.WriteFile(certFile, []byte("this is no certificate"), 0o600) },
	} {
		change()
		time.Sleep(1100 * time.Millisecond) // the files are looked at once a second
		conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
	}
	p.end()
	return p.log.String()
}

// logOfAuthorities is the log of the program when there is no authority, and when there is one.
func logOfAuthorities(t *testing.T) string {
	t.Helper()
	p, _ := withoutAuthority(t)
	time.Sleep(2 * time.Second)
	p.end()
	var text bytes.Buffer
	log := console.New(&text, nil)
	certs, err := (&acme{domains: domains{"a.example"}, cache: t.TempDir()}).certificates(slog.New(log))
	if err != nil {
		t.Fatal(err)
	}
	certFile, _, _ := writePair(t)
	content, err := os.ReadFile(certFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := certs.config.Storage.Store(t.Context(), "a.crt", content); err != nil {
		t.Fatal(err)
	}
	certs.noted(t.Context(), "cert_obtained", map[string]any{"renewal": false, "certificate_path": "a.crt"})
	log.Close()
	return p.log.String() + text.String()
}

// freeAddress is one that nobody listens at, for the moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	on, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer on.Close()
	return fmt.Sprint(on.Addr())
}

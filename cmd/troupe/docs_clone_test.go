//go:build unix

package main

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The instructions of README.md for the clone work, and its tests still pass.
func TestREADMEInTheClone(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program anew")
	}
	clone := t.TempDir()
	for _, part := range []string{"actors", "wire", "cmd", "docs"} {
		if err := os.CopyFS(filepath.Join(clone, part), os.DirFS(filepath.Join(repository, part))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"go.mod", "go.sum", "system_test.go", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"} {
		if err := os.WriteFile(filepath.Join(clone, file), []byte(docsText(t, file)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	readme := docsText(t, "README.md")
	handler := regexp.MustCompile("(?ms)^```go counter\\.go\n(.*?)^```$").FindStringSubmatch(readme)[1]
	route := regexp.MustCompile("(?ms)^```go\n(\treturn \\[\\]routeOf\\{\n.*?)^```$").FindStringSubmatch(readme)[1]
	routes := docsText(t, "cmd/troupe/routes.go")
	list := regexp.MustCompile(`(?ms)^(func ownRoutes\(\) \[\]routeOf \{\n).*?(^\}$)`) // whatever is in it by now
	if !list.MatchString(routes) {
		t.Fatal("there is no list to add the route to")
	}
	changed := list.ReplaceAllString(routes, "${1}"+route+"${2}")
	for name, text := range map[string]string{"counter.go": handler, "routes.go": changed} {
		if err := os.WriteFile(filepath.Join(clone, "cmd/troupe", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"vet", "./cmd/troupe"}, {"build", "-o", "built", "./cmd/troupe"},
		{"test", "-short", "-run", "TestDocs|TestParseOptions|TestUsage", "./cmd/troupe"},
	} {
		command := exec.Command("go", args...)
		command.Dir = clone
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	address := freeAddress(t)
	program := exec.Command(filepath.Join(clone, "built"), "--addr", address)
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { program.Process.Kill(); program.Wait() }()
	for _, want := range []string{"1\n", "2\n"} {
		if got := patientGet(t, "http://"+address+"/counter"); got != want {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}

// patientGet is the content at a URL, as soon as somebody listens.
func patientGet(t *testing.T, url string) string {
	t.Helper()
	var failed error
	for range 100 {
		response, err := http.Get(url)
		if failed = err; err == nil {
			defer response.Body.Close()
			content, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			return string(content)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal(failed)
	return ""
}

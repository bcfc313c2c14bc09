package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What troupe new makes is formatted, compiles, and its test passes.
func TestNewMakesAModuleThatWorks(t *testing.T) {
	clone, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var out, complaints bytes.Buffer
	if status := run([]string{"new", "example.com/shop", "--replace", clone}, nil, &out, &complaints); status != exitOK || !strings.Contains(out.String(), "cd shop") {
		t.Fatal(status, out.String(), complaints.String())
	}
	for _, name := range []string{"main.go", "counter.go", "counter_test.go", "go.mod", "Dockerfile", "shop.service", "README.md", ".gitignore"} {
		text, err := os.ReadFile(filepath.Join("shop", name))
		if err != nil || strings.Contains(string(text), "{{") {
			t.Errorf("%s: %v %s", name, err, text)
		}
	}
	for _, command := range [][]string{{"gofmt", "-l", "."}, {"go", "mod", "tidy"}, {"go", "vet", "./..."}, {"go", "test", "./..."}, {"go", "build", "-o", os.DevNull, "."}} {
		c := exec.Command(command[0], command[1:]...)
		c.Dir, c.Env = "shop", append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		output, err := c.CombinedOutput()
		if err != nil || command[0] == "gofmt" && len(output) > 0 {
			t.Fatalf("%q: %v: %s", command, err, output)
		}
	}
	if verify, err := exec.LookPath("systemd-analyze"); err == nil {
		unit := filepath.Join("shop", "shop.service")
		text, _ := os.ReadFile(unit)
		os.WriteFile(unit, bytes.ReplaceAll(text, []byte("/usr/local/bin/shop"), []byte("/bin/true")), 0o644)
		if output, err := exec.Command(verify, "verify", unit).CombinedOutput(); err != nil {
			t.Errorf("the unit: %v: %s", err, output)
		}
	}
	if status := run([]string{"new", "example.com/shop"}, nil, &out, &complaints); status != exitFailed || !strings.Contains(complaints.String(), "shop") {
		t.Error("it writes into a directory that is there:", status, complaints.String())
	}
}

func TestNewRefusesNames(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{{}, {""}, {".."}, {"a/.."}, {"/a"}, {"a b"}, {"a/"}, {"-a"}, {"a\nb"}, {"a", "b"}, {"example.com/a.b"}, {"a", "--replace", "."}} {
		var out, complaints bytes.Buffer
		if status := run(append([]string{"new"}, args...), nil, &out, &complaints); status != exitUsage || complaints.Len() == 0 {
			t.Errorf("%q: %d %s", args, status, complaints.String())
		}
	}
	if entries, _ := os.ReadDir("."); len(entries) > 0 {
		t.Error(entries)
	}
}

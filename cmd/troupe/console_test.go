package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"
)

func TestTextLog(t *testing.T) {
	var text strings.Builder
	logger := newLogger(&text, slog.LevelInfo, "text")
	logger.Debug("not to be seen")
	logger.Info("exchange", "actor", "listener/connection$7", "status", 200)
	logger.Error("crashed", "actor", "router/GET /", "stack", "goroutine 1:\n\tmain.go:1\n", "reason", "x y")
	lines := strings.Split(text.String(), "\n")
	for i, want := range []string{
		"INF exchange actor=listener/connection$7 status=200",
		`ERR crashed actor="router/GET /" reason="x y"`, // and the stack where a person can read it
		"    goroutine 1:",
		"    \tmain.go:1",
		"",
	} {
		if len(lines) != 5 || !strings.HasSuffix(lines[i], want) {
			t.Fatalf("the log is\n%swant\n%s as line %d of 4", text.String(), want, i+1)
		}
	}
	if strings.Contains(text.String(), "\x1b[") {
		t.Errorf("there is colour, and no terminal: %q", text.String())
	}
}

func TestJSONLog(t *testing.T) {
	var text strings.Builder
	logger := newLogger(&text, slog.LevelWarn, "json")
	logger.Info("not to be seen")
	logger.Error("crashed", "actor", "router", "stack", "goroutine 1:\n\tmain.go:1\n")
	var line struct{ Level, Msg, Actor, Stack string }
	if err := json.Unmarshal([]byte(text.String()), &line); err != nil {
		t.Fatalf("%v: %s", err, text.String())
	}
	if line.Level != "ERROR" || line.Msg != "crashed" || line.Actor != "router" || line.Stack != "goroutine 1:\n\tmain.go:1\n" {
		t.Errorf("%+v: want all the attributes, the stack among them", line)
	}
}

func TestAFileIsNoTerminal(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if isTerminal(file) || isTerminal(&strings.Builder{}) {
		t.Error("a file or a buffer is taken for a terminal, and would be coloured")
	}
}

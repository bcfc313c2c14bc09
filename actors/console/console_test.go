package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"github.com/troupe-go/troupe/actors"
)

// logged returns the written lines.
func logged(t *testing.T, level slog.Level, format string, do func(*slog.Logger)) string {
	t.Helper()
	var text strings.Builder
	c := New(&text, &Options{Level: level, JSON: format == "json"})
	do(slog.New(c))
	if !c.CloseBefore(time.Now().Add(time.Minute)) {
		t.Fatal("the log is not written to its end")
	}
	return text.String()
}

func TestTextLog(t *testing.T) {
	text := logged(t, slog.LevelInfo, "text", func(logger *slog.Logger) {
		logger.Debug("not to be seen")
		logger.Info("exchange", "actor", "listener/connection$7", "status", 200, "took", 71*time.Microsecond)
		logger.Error("crashed", "actor", "router/GET /", "stack", "goroutine 1:\n\tmain.go:1\n", "reason", "x y")
		logger.Warn("late", "since", time.Date(2026, 11, 27, 12, 0, 0, 5e6, time.Local), "of", []string{"a", "b"}, "for", nil)
		logger.With("a", 1).WithGroup("g").With("b", "").Info("grouped", "c", 1.5, slog.Group("h", "d", true))
	})
	lines := strings.Split(text, "\n")
	for i, want := range []string{
		" INF exchange actor=listener/connection$7 status=200 took=71µs",
		` ERR crashed actor="router/GET /" reason="x y"`, // and the stack where a person can read it
		"    goroutine 1:",
		"    \tmain.go:1",
		` WRN late since=2026-11-27T12:00:00.005 of="[a b]" for=<nil>`,
		` INF grouped a=1 g.b="" g.c=1.5 g.h.d=true`,
		"",
	} {
		if len(lines) != 7 || !strings.HasSuffix(lines[i], want) {
			t.Fatalf("the log is\n%swant\n%s as line %d of 6", text, want, i+1)
		}
	}
	date, _, _ := strings.Cut(text, " ")
	if written, err := time.ParseInLocation(textTime, date, time.Local); err != nil || time.Since(written).Abs() > time.Hour {
		t.Errorf("it was written at %q (%v), want the date and the time of the day", date, err)
	}
	if strings.Contains(text, "\x1b[") {
		t.Errorf("there is colour, and no terminal: %q", text)
	}
}

func TestTextLogInColour(t *testing.T) {
	var text strings.Builder
	handler := &textHandler{to: &text, level: slog.LevelInfo, colour: true}
	slog.New(handler).Warn("late", "a", "b c")
	if _, line, _ := strings.Cut(text.String(), " "); line != "\x1b[93mWRN\x1b[0m late \x1b[2ma=\x1b[0m\"b c\"\n" || !strings.HasPrefix(text.String(), faint) {
		t.Errorf("got %q", text.String())
	}
}

// What somebody logs is printable as well, in every format, and a value in quotes is what Go
// takes for one.
func TestTextIsPrintable(t *testing.T) {
	for c := range 256 {
		octet := string([]byte{byte(c)})
		for _, value := range []string{octet, "a" + octet + "b c", octet + `\x1b[31m\x1B"`} {
			safe := actors.Printable(value)
			for _, text := range []string{
				logged(t, slog.LevelInfo, "text", func(logger *slog.Logger) { logger.Info("line "+value, "value", safe, "next", 1) }),
				logged(t, slog.LevelInfo, "text", func(logger *slog.Logger) { logger.Info("line", "value", value, "stack", value, value, value) }),
			} {
				for _, r := range text {
					if r == unicode.ReplacementChar || !unicode.IsPrint(r) && r != '\n' && (r != '\t' || c != '\t') {
						t.Fatalf("%q is logged as %q", value, text)
					}
				}
				if _, quoted, found := strings.Cut(text, " value="); found && strings.Contains(text, " next=1") {
					got, _, _ := strings.Cut(quoted, " next=1\n")
					if literal, err := strconv.Unquote(got); err == nil {
						got = literal
					}
					if got != value {
						t.Errorf("%q comes back as %q, from %q", value, got, text)
					}
				}
			}
		}
	}
}

func TestJSONLog(t *testing.T) {
	text := logged(t, slog.LevelWarn, "json", func(logger *slog.Logger) {
		logger.Info("not to be seen")
		logger.With("a", 1).WithGroup("g").Error("crashed", "actor", "router", "stack", "goroutine 1:\n\tmain.go:1\n")
	})
	var line struct {
		Level, Msg string
		A          int
		G          struct{ Actor, Stack string }
	}
	if err := json.Unmarshal([]byte(text), &line); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if fmt.Sprint(line) != "{ERROR crashed 1 {router goroutine 1:\n\tmain.go:1\n}}" {
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

// Without options the log is text from info on, and a level can change while the program runs.
func TestOptions(t *testing.T) {
	var text strings.Builder
	handler := New(&text, nil)
	slog.New(handler).Debug("not to be seen")
	slog.New(handler).Info("seen")
	if err := handler.Close(); err != nil || strings.Count(text.String(), "\n") != 1 || !strings.HasSuffix(text.String(), " INF seen\n") {
		t.Errorf("got %q, %v", text.String(), err)
	}
	for _, asJSON := range []bool{false, true} {
		var level slog.LevelVar
		text.Reset()
		handler = New(&text, &Options{Level: &level, JSON: asJSON})
		for _, at := range []slog.Level{slog.LevelError, slog.LevelDebug} {
			level.Set(at)
			slog.New(handler).Debug("a line")
		}
		if handler.Close(); strings.Count(text.String(), "a line") != 1 {
			t.Errorf("got %q", text.String())
		}
	}
}

// A pipe that nobody reads does not delay the end of the program, which is told.
func TestCloseSaysThatNotAllIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipe()
		p.set(false, nil, 0)
		handler := New(p, nil)
		slog.New(handler).Info("stuck")
		begun := time.Now()
		if err := handler.Close(); err != ErrNotWritten || time.Since(begun) != time.Second {
			t.Errorf("got %v after %v", err, time.Since(begun))
		}
		p.set(true, nil, 0)
		synctest.Wait()
	})
}

// Fatal writes the line, and the program fails.
func TestFatal(t *testing.T) {
	if os.Getenv("TEST_FATAL") != "" {
		New(os.Stderr, nil).Fatal(errors.New("no such port"))
	}
	command := exec.Command(os.Args[0], "-test.run", "^TestFatal$")
	command.Env = append(os.Environ(), "TEST_FATAL=1")
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.HasSuffix(string(out), ` ERR ended error="no such port"`+"\n") {
		t.Errorf("got %q, %v", out, err)
	}
}

// The time of a line is its own, also where the line before was of the same second.
func TestTimes(t *testing.T) {
	begun := time.Date(2026, 3, 29, 0, 59, 59, 999_999_999, time.UTC)
	for _, zone := range []*time.Location{time.UTC, time.Local, time.FixedZone("", 3600)} {
		for _, after := range []time.Duration{0, 0, time.Nanosecond, time.Millisecond, 17 * time.Millisecond, time.Second, time.Hour} {
			at := begun.Add(after).In(zone)
			if got, want := string(appendTime(nil, at)), at.Format(textTime); got != want {
				t.Errorf("want %s, got %s", want, got)
			}
		}
	}
}

func TestDurations(t *testing.T) {
	for _, d := range []time.Duration{-1, 0, 1, 999, 1000, 1001, 1010, 1100, 71_000, 999_999, 1_000_000, 1_000_001, 1_234_000, 1_200_000,
		100_000_010, 999_999_999, time.Second, 1_500_000_000, time.Hour, -time.Millisecond, 1<<63 - 1, -1 << 63} {
		if got := string(appendDuration(nil, d)); got != d.String() {
			t.Errorf("want %v, got %s", d, got)
		}
	}
}

package actors

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// complaints returns what is written to standard error meanwhile.
func complaints(t *testing.T, do func()) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "stderr")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	before := os.Stderr
	os.Stderr = file
	defer func() { os.Stderr = before }()
	do()
	written, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

// A fullLog takes nothing.
type fullLog struct{ slog.Handler }

func (fullLog) Enabled(context.Context, slog.Level) bool  { return true }
func (fullLog) Handle(context.Context, slog.Record) error { panic("the log is full") }

// A log that panicked at the line of a crash did so outside of every actor's guard: the process died.
func TestALogThatPanicsAtEachLineStopsNobody(t *testing.T) {
	bubble(t, func(k *kit) {
		c := &clerk{}
		k.configure(func(config *Config) { config.Logger = slog.New(fullLog{}) })
		k.serve("/clerk/", c.props())
		k.serve("/crash", answering(func(*Request) *Response { panic("asked to") }))
		written := complaints(t, func() {
			k.peer.send(ask("GET", "/crash"))
			k.peer.want("a crash is answered, logged or not", "HTTP/1.1 500")
			k.peer.send(ask("GET", "/clerk/"))
			k.tell("router//clerk/", c.answer)
			k.peer.want("the others go on", "HTTP/1.1 200")
			k.peer.end()
			ended := k.shutdown(context.Background())
			k.wait(time.Second)
			wantError(t, "so does the end", ended, nil)
		})
		if want := `actors: the log panicked on "crashed" of router//crash: the log is full`; !strings.Contains(written, want+"\n") {
			t.Errorf("want it said elsewhere: want %q, got %q", want, written)
		}
	})
}

// failAt has the log panic at the next line with that text.
func (l *lines) failAt(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail = text
}

// A panic of the log in Terminated replaced the work there: the route had no handler, the server no listener, and
// Shutdown no end.
func TestALogThatPanicsAtAnEndChangesNothing(t *testing.T) {
	tests := []struct {
		line string
		do   func(k *kit, c *clerk)
	}{
		{"handler stopped", func(k *kit, c *clerk) {
			k.tell("router//clerk/", stopNow)
			k.wait(time.Second)
			k.peer.send(ask("GET", "/clerk/"))
			k.tell("router//clerk/", c.answer)
			k.peer.want("a route is never dead for good", "HTTP/1.1 200", "/clerk/")
		}},
		{"stopped, and is made anew", func(k *kit, c *clerk) {
			k.halt("listener")
			k.wait(time.Second)
			k.peer.send(ask("GET", "/clerk/"))
			k.tell("router//clerk/", c.answer)
			k.peer.want("newcomers are served", "HTTP/1.1 200", "/clerk/")
		}},
		{"stopped listening", func(k *kit, c *clerk) {
			ended := k.shutdown(context.Background())
			k.wait(time.Second)
			wantError(k.t, "nothing holds it up", ended, nil)
			k.wantDead("all have stopped")
		}},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			bubble(t, func(k *kit) {
				c := &clerk{}
				k.serve("/clerk/", c.props())
				k.start()
				k.log.failAt(test.line)
				written := complaints(t, func() { test.do(k, c) })
				if strings.Count(written, "the log is full") != 1 {
					t.Errorf("want the log to have panicked once, got %q", written)
				}
			})
		})
	}
}

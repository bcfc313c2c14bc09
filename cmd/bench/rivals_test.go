package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) { rivalTestMain(m) }

func TestEveryGoRivalAnswersAlikeAndEndsCleanly(t *testing.T) {
	for name := range goRivals {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p, err := startRival(t.Context(), name, dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := checkContent(label(name), p.addr); err != nil {
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

func TestARivalThatEndsOnItsOwnIsNoticed(t *testing.T) {
	p, err := startRival(t.Context(), netHTTP, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(p.pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-p.gone()
	if err := p.alive(); err == nil || !strings.Contains(err.Error(), "net/http ended on its own (signal: killed)") {
		t.Errorf("error %v, want one that says how it ended", err)
	}
	if err := p.stop(); err != nil {
		t.Errorf("stopping what has ended: %v", err)
	}
}

func TestEveryRivalServesWhatItSays(t *testing.T) {
	for name, serves := range goRivals {
		for what := range serves {
			if slices.Contains([]string{"hello", "tls", "proxied"}, what) {
				continue // see TestEveryGoRivalAnswersAlikeAndEndsCleanly, and the tests of package idle
			}
			t.Run(name+" "+what, func(t *testing.T) {
				p, err := startServing(t.Context(), name, what)
				if err != nil {
					t.Fatal(err)
				}
				v := &visitor{addr: p.addr, secure: what == "memory-tls"}
				path := map[string]string{"crash": "/ordinary", "work": workPath, "fair": workPath}[what]
				if path == "" {
					path = healthPath
				}
				if r, err := v.ask(t.Context(), getRequest(path), time.Now().Add(2*time.Second)); r.status != 200 {
					t.Errorf("GET %s: got %+v, %v, want 200", path, r, err)
				}
				v.close()
				if err := p.stop(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

package rivals

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/load"
)

func TestMain(m *testing.M) { os.Exit(RunOrServe(m)) }

func TestEveryGoRivalAnswersAlikeAndEndsCleanly(t *testing.T) {
	for name := range goRivals {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p, err := Start(t.Context(), name, dir)
			if err != nil {
				t.Fatal(err)
			}
			if err := load.CheckContent(roster.Label(name), p.Addr); err != nil {
				t.Error(err)
			}
			if err := p.Stop(); err != nil {
				t.Error(err)
			}
			profile, err := os.Stat(filepath.Join(dir, name+".pprof"))
			if err != nil || profile.Size() == 0 {
				t.Errorf("the CPU profile was not written: %v", err)
			}
		})
	}
}

func TestNginxAnswersAsTheOthersDo(t *testing.T) {
	if len(Installed([]string{roster.Nginx})) == 0 {
		t.Skip("nginx is not installed")
	}
	p, err := Start(t.Context(), roster.Nginx, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := load.CheckContent("nginx", p.Addr); err != nil {
		t.Error(err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

func TestARivalThatEndsOnItsOwnIsNoticed(t *testing.T) {
	p, err := Start(t.Context(), roster.NetHTTP, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(p.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-p.Gone()
	if err := p.Alive(); err == nil || !strings.Contains(err.Error(), "net/http ended on its own (signal: killed)") {
		t.Errorf("error %v, want one that says how it ended", err)
	}
	if err := p.Stop(); err != nil {
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
				p, err := StartServing(t.Context(), name, what)
				if err != nil {
					t.Fatal(err)
				}
				v := &load.Visitor{Addr: p.Addr, Secure: what == "memory-tls"}
				path := map[string]string{"crash": "/ordinary", "work": site.WorkPath, "fair": site.WorkPath}[what]
				if path == "" {
					path = site.HealthPath
				}
				if r, err := v.Ask(t.Context(), load.Get(path), time.Now().Add(2*time.Second)); r.Status != 200 {
					t.Errorf("GET %s: got %+v, %v, want 200", path, r, err)
				}
				v.Close()
				if err := p.Stop(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

package idle

import (
	"os"
	"testing"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
)

func TestMain(m *testing.M) { os.Exit(rivals.RunOrServe(m)) }

func TestIdleConnectionsOfEachKindAreCounted(t *testing.T) {
	for _, name := range []string{roster.Troupe, roster.NetHTTP, roster.FastHTTP} {
		for _, kind := range Kinds {
			t.Run(name+kind.Label, func(t *testing.T) {
				p, err := start(t.Context(), name, kind)
				if err != nil {
					t.Fatal(err)
				}
				before, err := p.Goroutines()
				if err != nil || before == 0 {
					t.Errorf("%d goroutines, %v", before, err)
				}
				conns, err := open(t.Context(), p.Addr, kind, 5)
				defer load.CloseAll(conns)
				if err != nil || len(conns) != 5 {
					t.Fatalf("%d connections, %v, want 5", len(conns), err)
				}
				if err := load.StillOpen(conns); err != nil {
					t.Error(err)
				}
				if err := p.Stop(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestIdleConnectionsAreCounted(t *testing.T) {
	p, err := rivals.Start(t.Context(), roster.NetHTTP, "")
	if err != nil {
		t.Fatal(err)
	}
	conns, err := open(t.Context(), p.Addr, Kinds[0], 5)
	defer load.CloseAll(conns)
	if err != nil || len(conns) != 5 {
		t.Fatalf("%d connections, %v, want 5", len(conns), err)
	}
	if err := load.StillOpen(conns); err != nil {
		t.Error(err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if err := load.StillOpen(conns); err == nil {
		t.Error("no error, and the server is gone")
	}
}

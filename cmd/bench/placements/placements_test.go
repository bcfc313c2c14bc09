package placements

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/troupe-go/troupe/cmd/bench/internal/roster"
	"github.com/troupe-go/troupe/cmd/bench/internal/site"
	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/rivals"
	"github.com/troupe-go/troupe/cmd/bench/speed/wrk"
)

func TestMain(m *testing.M) { os.Exit(rivals.RunOrServe(m)) }

// started are all servers; each contestant has answered.
func started(t *testing.T) servers {
	t.Helper()
	running, err := start(t.Context())
	t.Cleanup(func() {
		if err := running.stop(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return running
}

// installed is wrk, if there is one.
func installed(t *testing.T) *wrk.Generator {
	t.Helper()
	generator, err := wrk.Find()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { generator.Close() })
	return generator
}

func TestAContestantHasARate(t *testing.T) {
	t.Parallel()
	generator, f, running := installed(t), newFigures(), started(t)
	const name = "PerKey, 1 000 keys"
	if err := f.rate(t.Context(), generator, running, name, time.Second); err != nil {
		t.Fatal(err)
	}
	for _, m := range []report.Measure{perSecond, cpuMicros} {
		if got := f.rates.Median(report.Row{Measure: m}, name); got <= 0 {
			t.Errorf("%s: got %f, want some", m.Name, got)
		}
	}
}

func TestWrkAsksForKeysInTurn(t *testing.T) {
	t.Parallel()
	generator, server := installed(t), started(t)[roster.Troupe]
	seven := wrk.Load{Connections: 1, Depth: 1, Path: site.EntityPath, Keys: 7}
	if _, err := generator.Run(t.Context(), server.Addr, seven, time.Second); err != nil {
		t.Fatal(err)
	}
	if state, err := stateOf(t.Context(), server); err != nil || state.Made != 7 {
		t.Errorf("got %+v, %v, want an actor for each of 7 keys", state, err)
	}
}

func TestFunctionsThatBlock(t *testing.T) {
	t.Parallel()
	f, running := newFigures(), started(t)
	for _, name := range blockers() {
		if err := f.block(t.Context(), running[name].Addr, name, 200*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		most := clients * float64(time.Second/site.BlockTime)
		if got := f.blocked.Median(report.Row{Measure: perSecond}, name); got <= 0 || got > 2*most {
			t.Errorf("%s: %f requests/s, want at most about %f", name, got, most)
		}
	}
	if err := f.block(t.Context(), running[roster.FastHTTP].Addr, roster.FastHTTP, 10*time.Millisecond); err == nil {
		t.Error("no error, of a server that does not block but answers 404")
	}
}

func TestEntitiesHaveOctets(t *testing.T) {
	t.Parallel()
	const count, least, most = 4000, 100, 100 << 10
	if each, err := entityOctets(t.Context(), count); err != nil || each < least || each > most {
		t.Errorf("got %f octets, %v, want what an actor may have", each, err)
	}
}

func TestActorsIdleOut(t *testing.T) {
	t.Parallel()
	const requests = 4000
	seen, err := idleOut(t.Context(), requests)
	if err != nil || seen.asked != requests || seen.failed != 0 || seen.made < briefKeys/2 {
		t.Errorf("got %+v, %v, want %d answers by actors of most keys", seen, err, requests)
	}
}

func TestAnswersOfOthersAreFailures(t *testing.T) {
	t.Parallel()
	server, err := rivals.StartServing(t.Context(), roster.NetHTTP, "placements")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if seen := askAtRandom(t.Context(), server.Addr, 100); seen.asked != 100 || seen.failed != 100 || seen.example == nil {
		t.Errorf("got %+v, want 100 failures and an example", seen)
	}
	if err := makeEntities(t.Context(), server.Addr, 0, 8); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("error %v, want one with 404", err)
	}
	if err := greets(t.Context(), server.Addr, site.OnePath); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("error %v, want one with 404", err)
	}
}

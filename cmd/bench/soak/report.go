package soak

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/troupe-go/troupe/cmd/bench/internal/stats"
	"github.com/troupe-go/troupe/cmd/bench/load"
	"github.com/troupe-go/troupe/cmd/bench/report"
	"github.com/troupe-go/troupe/cmd/bench/soak/ledger"
	"github.com/troupe-go/troupe/cmd/bench/vitals"
)

// outcome is everything that was seen.
type outcome struct {
	book          *ledger.Ledger
	health        load.Probes
	before, after vitals.Vitals
}

// tables are the report.
func (s outcome) tables() string {
	return s.answers() + "\n" + s.torments() + "\n" + s.remains()
}

func (s outcome) answers() string {
	lines := [][]string{{"asked", "right", "of them 200", "500", "503", "other", "wrong"}}
	line := func(what string, v *ledger.Verdicts) {
		known := v.Total(200) + v.Total(500) + v.Total(503)
		lines = append(lines, []string{what, report.Grouped(v.Total(0)), report.Grouped(v.Total(200)), report.Grouped(v.Total(500)),
			report.Grouped(v.Total(503)), report.Grouped(v.Total(0) - known), report.Grouped(v.Wrongs)})
	}
	for _, what := range slices.Sorted(maps.Keys(s.book.Answers)) {
		line(what, s.book.Answers[what])
	}
	line("all", s.book.Sum())
	return report.Markdown(lines, 1)
}

// torments lists what was done to the server: by its handlers, and by clients that expect no answer.
func (s outcome) torments() string {
	lines := [][]string{{"done to it", "times"}}
	injected := s.after.InjectedSince(s.before)
	for _, what := range slices.Sorted(maps.Keys(injected)) {
		lines = append(lines, []string{"handlers: " + what, report.Grouped(injected[what])})
	}
	for _, what := range slices.Sorted(maps.Keys(s.book.Abuses)) {
		lines = append(lines, []string{"clients: " + what, report.Grouped(s.book.Abuses[what])})
	}
	return report.Markdown(lines, 1)
}

func (s outcome) remains() string {
	allowed := s.before.Allowed()
	line := func(what string, before, after, allowed int) []string {
		return []string{what, report.Grouped(before), report.Grouped(after), report.Grouped(allowed)}
	}
	return report.Markdown([][]string{
		{"when all clients are gone", "before", "after", "allowed"},
		line("resident KiB", s.before.KiB, s.after.KiB, allowed.KiB),
		line("goroutines", s.before.Goroutines, s.after.Goroutines, allowed.Goroutines),
		line("open descriptors", s.before.Descriptors, s.after.Descriptors, allowed.Descriptors),
	}, 1) + fmt.Sprintf("\nMeanwhile `/health` was asked %s times: p50 %s ms, p99 %s ms, and %d failed.\n",
		report.Grouped(len(s.health.Took)), report.Millis(stats.Percentile(s.health.Took, 50)), report.Millis(stats.Percentile(s.health.Took, 99)), s.health.Failed)
}

// verdict fails if anything went wrong.
func (s outcome) verdict() error {
	var errs []error
	if wrongs := s.book.Sum().Wrongs; wrongs > 0 {
		errs = append(errs, fmt.Errorf("%d answers were wrong", wrongs))
	}
	if s.book.Sum().Total(0) == 0 {
		errs = append(errs, errors.New("nothing was answered"))
	}
	if s.health.Failed > 0 {
		errs = append(errs, fmt.Errorf("/health failed %d times", s.health.Failed))
	}
	for _, r := range []struct {
		what           string
		after, allowed int
	}{
		{"resident KiB", s.after.KiB, s.before.Allowed().KiB},
		{"goroutines", s.after.Goroutines, s.before.Allowed().Goroutines},
		{"open descriptors", s.after.Descriptors, s.before.Allowed().Descriptors},
	} {
		if r.after > r.allowed {
			errs = append(errs, fmt.Errorf("%d %s are left, and %d allowed", r.after, r.what, r.allowed))
		}
	}
	return errors.Join(errs...)
}

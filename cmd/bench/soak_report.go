package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// tables are the report.
func (s soaked) tables() string {
	return s.answers() + "\n" + s.torments() + "\n" + s.remains()
}

func (s soaked) answers() string {
	lines := [][]string{{"asked", "right", "of them 200", "500", "503", "other", "wrong"}}
	line := func(what string, v *verdicts) {
		known := v.total(200) + v.total(500) + v.total(503)
		lines = append(lines, []string{what, grouped(v.total(0)), grouped(v.total(200)), grouped(v.total(500)),
			grouped(v.total(503)), grouped(v.total(0) - known), grouped(v.wrongs)})
	}
	for _, what := range slices.Sorted(maps.Keys(s.book.answers)) {
		line(what, s.book.answers[what])
	}
	line("all", s.book.sum())
	return markdown(lines, 1)
}

// torments are what was done to the server: by its handlers, and by clients that expect no answer.
func (s soaked) torments() string {
	lines := [][]string{{"done to it", "times"}}
	injected := s.after.injectedSince(s.before)
	for _, what := range slices.Sorted(maps.Keys(injected)) {
		lines = append(lines, []string{"handlers: " + what, grouped(injected[what])})
	}
	for _, what := range slices.Sorted(maps.Keys(s.book.abuses)) {
		lines = append(lines, []string{"clients: " + what, grouped(s.book.abuses[what])})
	}
	return markdown(lines, 1)
}

func (s soaked) remains() string {
	allowed := s.before.allowed()
	line := func(what string, before, after, allowed int) []string {
		return []string{what, grouped(before), grouped(after), grouped(allowed)}
	}
	return markdown([][]string{
		{"when all clients are gone", "before", "after", "allowed"},
		line("resident KiB", s.before.kib, s.after.kib, allowed.kib),
		line("goroutines", s.before.goroutines, s.after.goroutines, allowed.goroutines),
		line("open descriptors", s.before.descriptors, s.after.descriptors, allowed.descriptors),
	}, 1) + fmt.Sprintf("\nMeanwhile `/health` was asked %s times: p50 %s ms, p99 %s ms, and %d failed.\n",
		grouped(len(s.health.took)), millis(percentile(s.health.took, 50)), millis(percentile(s.health.took, 99)), s.health.failed)
}

// verdict fails if anything went wrong.
func (s soaked) verdict() error {
	var errs []error
	if wrongs := s.book.sum().wrongs; wrongs > 0 {
		errs = append(errs, fmt.Errorf("%d answers were wrong", wrongs))
	}
	if s.book.sum().total(0) == 0 {
		errs = append(errs, errors.New("nothing was answered"))
	}
	if s.health.failed > 0 {
		errs = append(errs, fmt.Errorf("/health failed %d times", s.health.failed))
	}
	for _, r := range []struct {
		what           string
		after, allowed int
	}{
		{"resident KiB", s.after.kib, s.before.allowed().kib},
		{"goroutines", s.after.goroutines, s.before.allowed().goroutines},
		{"open descriptors", s.after.descriptors, s.before.allowed().descriptors},
	} {
		if r.after > r.allowed {
			errs = append(errs, fmt.Errorf("%d %s are left, and %d allowed", r.after, r.what, r.allowed))
		}
	}
	return errors.Join(errs...)
}

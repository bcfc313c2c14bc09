package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// An outcome says what happened to a mutant.
type outcome int

const (
	noticed  outcome = iota // a test failed
	hung                    // the tests did not end; counts as noticed
	survived                // all tests passed
	broken                  // it does not compile
	outcomes
)

func (o outcome) String() string {
	return [...]string{"noticed", "noticed by the time-out", "survived", "not compiled"}[o]
}

// A trial tests mutants: in one common binary as far as possible, otherwise one by one.
type trial struct {
	*sandbox
	module string
	mixed  map[int]*mutant // by their numbers in the binary
	left   []string        // tests that fail in this binary without a mutant
	each   []single        // each test measured by itself; nil if not measured
}

// A single is one test by itself: the code that it reaches, and how long it takes.
type single struct {
	name string
	runs coverage
	took time.Duration
}

// measure runs the tests without a mutant, and returns the code that they reach.
func (t *trial) measure(ctx context.Context, flags ...string) (coverage, error) {
	profile := t.binary("coverage")
	flags = append(flags, "-test.coverprofile="+profile)
	if result, output := t.run(ctx, "covered", 0, t.timeout, flags...); result != survived {
		return nil, fmt.Errorf("the tests fail without a mutant:\n%s", output)
	}
	return readCoverage(profile, t.module)
}

// measureEach runs every test by itself.
func (t *trial) measureEach(ctx context.Context) error {
	result, output := t.run(ctx, "covered", 0, t.timeout, "-test.list="+t.tests)
	if result != survived {
		return fmt.Errorf("the tests cannot be listed:\n%s", output)
	}
	for name := range strings.FieldsSeq(string(output)) {
		begun := time.Now()
		runs, err := t.measure(ctx, only(name))
		if err != nil {
			return err
		}
		t.each = append(t.each, single{name, runs, time.Since(begun)})
	}
	return nil
}

// only selects tests by their names.
func only(names ...string) string { return "-test.run=^(" + strings.Join(names, "|") + ")$" }

// selected returns the flags for the tests that reach the mutant, and how long they may take. If that is unknown, it
// selects all tests.
func (t *trial) selected(m *mutant) (flags []string, patience time.Duration) {
	var names []string
	var took time.Duration
	for _, s := range t.each {
		if s.runs.comes(m) {
			names, took = append(names, s.name), took+s.took
		}
	}
	if len(names) == 0 {
		return nil, t.timeout
	}
	return []string{only(names...)}, min(max(5*took, shortest), t.timeout)
}

// shortest is the shortest time-out, because machines stall.
const shortest = 10 * time.Second

// mix makes the binary that has the mutants, except those that the compiler refuses there.
func (t *trial) mix(ctx context.Context, name string, mutants []mutant) error {
	t.mixed = make(map[int]*mutant)
	for i := range mutants {
		if mutants[i].fits != alone {
			t.mixed[i+1] = &mutants[i]
		}
	}
	for {
		mixtures := make(map[string]mixture)
		sources := map[string][]byte{path.Join(t.folder, "mutant_switchboard.go"): fmt.Appendf(nil, switchboard, name)}
		for file, numbered := range t.byFile() {
			source, err := os.ReadFile(t.code(file))
			if err != nil {
				return err
			}
			mixtures[file] = mix(source, numbered)
			sources[file] = mixtures[file].source
		}
		var output []byte
		err := t.with(sources, func() (err error) {
			output, err = t.build(ctx, "mixed", "-gcflags=-e")
			return err
		})
		if err == nil {
			return nil
		}
		refused, unknown := blamed(output, mixtures)
		if unknown != nil || len(refused) == 0 {
			return errors.Join(fmt.Errorf("mutants do not compile beside each other: %w\n%s", err, output), unknown)
		}
		for _, number := range refused {
			delete(t.mixed, number)
		}
	}
}

func (t *trial) byFile() map[string]map[int]*mutant {
	files := make(map[string]map[int]*mutant)
	for number, m := range t.mixed {
		if files[m.file] == nil {
			files[m.file] = make(map[int]*mutant)
		}
		files[m.file][number] = m
	}
	return files
}

var failed = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// calibrate measures the tests with no mutant on. Tests that fail because of the code beside the originals, such as
// tests that count allocations, are left out from then on.
func (t *trial) calibrate(ctx context.Context) (took time.Duration, err error) {
	for {
		begun := time.Now()
		result, output := t.run(ctx, "mixed", 0, t.timeout, t.without()...)
		if result == survived {
			return time.Since(begun), nil
		}
		before := len(t.left)
		for _, found := range failed.FindAllSubmatch(output, -1) {
			if name := string(found[1]); !slices.Contains(t.left, name) {
				t.left = append(t.left, name)
			}
		}
		if len(t.left) == before {
			return 0, fmt.Errorf("the tests fail without a mutant:\n%s", output)
		}
	}
}

func (t *trial) without() []string {
	if len(t.left) == 0 {
		return nil
	}
	return []string{"-test.skip=^(" + strings.Join(t.left, "|") + ")$"}
}

// try tests a mutant. If it survives in the common binary, or the tests that reach it, it is tested alone with all
// tests.
func (t *trial) try(ctx context.Context, number int, m *mutant) (result outcome, output []byte, err error) {
	flags, patience := t.selected(m)
	if t.mixed[number] != nil {
		with := append(append(t.without(), "-test.failfast"), flags...)
		if result, output = t.run(ctx, "mixed", number, patience, with...); result != survived {
			return result, output, nil
		}
	}
	source, err := os.ReadFile(t.code(m.file))
	if err != nil {
		return broken, nil, err
	}
	var refused error
	err = t.with(map[string][]byte{m.file: m.apply(source)}, func() error {
		output, refused = t.build(ctx, "alone")
		return nil
	})
	if err != nil || refused != nil {
		return broken, output, err
	}
	if t.mixed[number] == nil && flags != nil {
		with := append(flags, "-test.failfast")
		if result, output = t.run(ctx, "alone", 0, patience, with...); result != survived {
			return result, output, nil
		}
	}
	result, output = t.run(ctx, "alone", 0, t.timeout, "-test.failfast")
	return result, output, nil
}

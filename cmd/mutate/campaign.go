package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A campaign says what is tested, and how.
type campaign struct {
	target
	choice
	conduct
	list, verbose bool
}

// A target is the package that is mutated.
type target struct {
	root, module string   // root folder and path of the module
	folder, name string   // folder and name of the package
	sources      []string // its files
}

// A choice says which mutants are made.
type choice struct {
	files, functions string // regular expressions
	known            string
	most             int
	seed             uint64
}

// conduct is how the tests are run.
type conduct struct {
	run             string
	timeout, during time.Duration
	each            bool // measure each test by itself
}

// mutants lists the mutants of the package that were asked for.
func (c *campaign) mutants() (all []mutant, err error) {
	file, err := regexp.Compile(c.files)
	if err != nil {
		return nil, err
	}
	function, err := regexp.Compile(c.functions)
	if err != nil {
		return nil, err
	}
	for _, base := range c.sources {
		name := strings.TrimPrefix(c.folder+"/"+base, "./")
		if !file.MatchString(name) {
			continue
		}
		source, err := os.ReadFile(filepath.Join(c.root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		found, err := findMutants(name, source)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			if function.MatchString(m.function) {
				all = append(all, m)
			}
		}
	}
	return all, nil
}

// choose takes up to most of the mutants, in source order. The seed decides which.
func (c *campaign) choose(all []mutant) []mutant {
	if c.most <= 0 || c.most >= len(all) {
		return all
	}
	order := rand.New(rand.NewPCG(c.seed, 0)).Perm(len(all))[:c.most]
	slices.Sort(order)
	chosen := make([]mutant, len(order))
	for i, at := range order {
		chosen[i] = all[at]
	}
	return chosen
}

// do tests the mutants one after another, and reports the survivors.
func (c *campaign) do(ctx context.Context, out io.Writer) (err error) {
	all, err := c.mutants()
	if err != nil {
		return err
	}
	if c.list {
		for _, m := range c.choose(all) {
			fmt.Fprintf(out, "%d: %v\n", m.line, &m)
		}
		return nil
	}
	var page []byte
	if c.known != "" {
		if page, err = os.ReadFile(c.known); err != nil {
			return err
		}
	}
	box, err := newSandbox(c.root, c.folder)
	if err != nil {
		return err
	}
	defer box.remove()
	box.tests, box.timeout = c.run, 10*time.Minute // the time limit of go test
	t := &trial{sandbox: box, module: c.module}
	chosen, err := c.prepare(ctx, out, t, all)
	if err != nil {
		return err
	}
	return c.testAll(ctx, out, t, chosen, string(page))
}

// prepare measures the tests, chooses mutants, and makes the binary that has them.
func (c *campaign) prepare(ctx context.Context, out io.Writer, t *trial, all []mutant) (chosen []mutant, err error) {
	if output, err := t.build(ctx, "covered", "-cover"); err != nil {
		return nil, fmt.Errorf("the tests do not compile: %w\n%s", err, output)
	}
	runs, err := t.measure(ctx)
	if err != nil {
		return nil, err
	}
	if c.each {
		if err := t.measureEach(ctx); err != nil {
			return nil, err
		}
	}
	run := slices.DeleteFunc(slices.Clone(all), func(m mutant) bool { return runs.misses(&m) })
	chosen = c.choose(run)
	if err := t.mix(ctx, c.name, chosen); err != nil {
		return nil, err
	}
	took, err := t.calibrate(ctx)
	if err != nil {
		return nil, err
	}
	if t.timeout = c.timeout; t.timeout == 0 {
		t.timeout = max(5*took, shortest).Round(time.Second)
	}
	fmt.Fprintf(out, "%d mutants of %s, %d where no test comes; testing %d, of these %d in one binary, with a time-out of %v\n",
		len(all), c.folder, len(all)-len(run), len(chosen), len(t.mixed), t.timeout)
	if len(t.left) > 0 {
		fmt.Fprintf(out, "only for what survives otherwise: %s\n", strings.Join(t.left, ", "))
	}
	return chosen, nil
}

// testAll tests the mutants and prints totals. It ends early when the time is up.
func (c *campaign) testAll(ctx context.Context, out io.Writer, t *trial, chosen []mutant, page string) error {
	var counts [outcomes]int
	var known, tested int
	begun := time.Now()
	for i := range chosen {
		if ctx.Err() != nil || c.during > 0 && time.Since(begun) > c.during {
			break
		}
		m, at := &chosen[i], time.Now()
		result, output, err := t.try(ctx, i+1, m)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			break // an interrupted test tells nothing
		}
		tested++
		counts[result]++
		listed := strings.Contains(page, "`"+m.String()+"`")
		if result == survived && listed {
			known++
		}
		switch {
		case c.verbose:
			fmt.Fprintf(out, "%s:%d: %v: %v, after %v\n", m.file, m.line, m, result, time.Since(at).Round(10*time.Millisecond))
			if result == broken {
				fmt.Fprintf(out, "%s", output)
			}
		case result == survived && !listed:
			fmt.Fprintf(out, "%s:%d: %v\n", m.file, m.line, m)
		}
	}
	fmt.Fprintf(out, "%d of %d tested in %v: %d noticed, of these %d by the time-out; %d survived, of these %d known; %d not compiled\n",
		tested, len(chosen), time.Since(begun).Round(time.Second), counts[noticed]+counts[hung], counts[hung],
		counts[survived], known, counts[broken])
	return ctx.Err()
}

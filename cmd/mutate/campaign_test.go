package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const sampleCode = `package sample

func Clamp(n, most int) int {
	if n > most {
		return most
	}
	return n
}

func Sum(n int) (sum int) {
	for i := 1; i <= n; i++ {
		sum += i
	}
	return sum
}

func Least(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func Counted() int { return count }

var count = 1

func Unused() int { return 1 }
`

const sampleTests = `package sample

import (
	"os"
	"strings"
	"testing"
)

func TestClamp(t *testing.T) {
	if Clamp(3, 2) != 2 || Clamp(1, 2) != 1 {
		t.Fatal()
	}
}

func TestSum(t *testing.T) {
	if Sum(3) != 6 || Least(1, 2) != 1 || Least(2, 1) != 1 {
		t.Fatal()
	}
}

func TestWhatMutantsBesideTheOriginalWouldChange(t *testing.T) {
	if Counted() != 1 || strings.Contains(os.Args[0], "mixed") {
		t.Fatal()
	}
}
`

// sample is a module with survivors that are known.
func sample(t *testing.T) (folder string) {
	folder = t.TempDir()
	for name, text := range map[string]string{"go.mod": "module sample\n\ngo 1.26\n", "sample.go": sampleCode, "sample_test.go": sampleTests} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(folder)
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOWORK", "off")
	return folder
}

// tested runs the command and returns what it prints.
func tested(t *testing.T, arguments ...string) string {
	t.Helper()
	var out strings.Builder
	if err := command(t.Context(), &out, arguments); err != nil {
		t.Fatalf("%q: %v", arguments, err)
	}
	return out.String()
}

func TestACampaign(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles a module some ten times")
	}
	folder := sample(t)
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	t.Setenv("TMP", scratch)
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("- `sample.go Clamp: > → >= in n > most`: both are most then\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := tested(t, "--timeout", "2s", "--each", "--known", page, ".")
	want := `19 mutants of ., 1 where no test comes; testing 18, of these 16 in one binary, with a time-out of 2s
only for what survives otherwise: TestWhatMutantsBesideTheOriginalWouldChange
sample.go:18: sample.go Least: < → <= in a < b
`
	if !strings.HasPrefix(got, want) {
		t.Errorf("want\n%s\ngot\n%s", want, got)
	}
	sum := `18 of 18 tested in \d+s: 16 noticed, of these \d+ by the time-out; 2 survived, of these 1 known; 0 not compiled\n$`
	if !regexp.MustCompile(sum).MatchString(got) {
		t.Errorf("want %s, got\n%s", sum, got)
	}
	for name, want := range map[string]string{"sample.go": sampleCode, "sample_test.go": sampleTests} {
		if text, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(text) != want {
			t.Errorf("%s was touched: %v", name, err)
		}
	}
	for place, want := range map[string]int{folder: 3, scratch: 0} {
		if entries, err := os.ReadDir(place); err != nil || len(entries) != want {
			t.Errorf("%s has %v, want %d of its own: %v", place, entries, want, err)
		}
	}
}

func TestWhichMutantsAreTested(t *testing.T) {
	sample(t)
	all := tested(t, "--list", ".")
	for _, test := range []struct {
		arguments []string
		lines     int
		each      string
	}{
		{[]string{"--func", "^Clamp$"}, 5, "sample.go Clamp:"},
		{[]string{"--file", "other"}, 0, ""},
		{[]string{"--n", "4", "--seed", "1"}, 4, "sample.go"},
		{[]string{"--n", "4", "--seed", "2"}, 4, "sample.go"},
	} {
		arguments := append(test.arguments, "--list", ".")
		got := tested(t, arguments...)
		if again := tested(t, arguments...); again != got {
			t.Errorf("%q: the choice is always the same, got\n%s\nand\n%s", test.arguments, got, again)
		}
		if n := strings.Count(got, "\n"); n != test.lines {
			t.Errorf("%q: want %d mutants, got\n%s", test.arguments, test.lines, got)
		}
		rest := all
		for line := range strings.Lines(got) {
			_, after, found := strings.Cut(rest, line)
			if rest = after; !found || !strings.Contains(line, test.each) {
				t.Errorf("%q: %q is none of them, or not in order:\n%s", test.arguments, line, all)
			}
		}
	}
	if tested(t, "--list", "--n", "4", "--seed", "1", ".") == tested(t, "--list", "--n", "4", "--seed", "2", ".") {
		t.Error("the seed decides which")
	}
}

func TestMistakesInTheCommand(t *testing.T) {
	sample(t)
	for want, arguments := range map[string][]string{
		"want one package":         {},
		"is no package":            {"./nowhere"},
		"missing closing":          {"--func", "(", "."},
		"no such file":             {"--known", "nowhere.md", "."},
		"flag provided but not":    {"--what", "."},
		"error parsing regexp: mi": {"--file", "(", "."},
	} {
		if err := command(t.Context(), io.Discard, arguments); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want an error with %q, got %v", arguments, want, err)
		}
	}
}

package main

import (
	"go/format"
	"slices"
	"strings"
	"testing"
)

func TestMutantsOfASource(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       []string // the mutants, without the place
	}{
		{"a call, a defer, a send", "defer f()\ngo f()\nc <- 1\nf()",
			[]string{"defer f() → nothing", "go f() → nothing", "c <- 1 → nothing", "f() → nothing"}},
		{"an assignment", "x = nil\nx, y = a, 1\nx += y",
			[]string{"x = nil → nothing", "x, y = a, 1 → nothing", "+= → -= in x += y", "x += y → nothing"}},
		{"a declaration stays", "x := 1\nvar y = 2\nconst z = 1 + 2", nil},
		{"a condition", "if x { f() }", []string{"x → not", "x → never", "f() → nothing"}},
		{"a comparison is negated by its operator", "if x == y { f() }",
			[]string{"x == y → never", "== → != in x == y", "f() → nothing"}},
		{"a branch of more than one statement", "if x < y { return 1 } else { f(); f() }",
			[]string{"x < y → not", "x < y → never", "< → <= in x < y", "return 1 → 0", "f(); f() → nothing", "f() → nothing", "f() → nothing"}},
		{"a loop", "for i := 0; i < 3; i++ { break }",
			[]string{"i < 3 → not", "< → <= in i < 3", "++ → -- in i++", "i++ → nothing", "break → nothing"}},
		{"a switch of conditions", "switch {\ncase x && y:\nf()\n}",
			[]string{"x && y → not", "x && y → never", "&& → || in x && y", "f() → nothing"}},
		{"a switch of values", "switch x {\ncase 1:\nreturn 2\ndefault:\nf()\n}",
			[]string{"return 2 → nothing", "return 2 → 0", "f() → nothing"}},
		{"a select", "select {\ncase <-c:\nreturn 1\ndefault:\n}", []string{"return 1 → nothing", "return 1 → 0"}},
		{"arithmetic, but not of strings", "return x + len(y) - g()\nreturn x + \"s\"",
			[]string{"return x + len(y) - g() → 0", "- → + in x + len(y) - g()", "+ → - in x + len(y)", `return x + "s" → 0`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := "package p\n\nfunc f() int {\n" + test.body + "\n}\n"
			found, err := findMutants("p/p.go", []byte(source))
			if err != nil {
				t.Fatal(err)
			}
			got := make([]string, len(found))
			for i, m := range found {
				got[i] = strings.TrimPrefix(m.String(), "p/p.go f: ")
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if !slices.Equal(got, test.want) {
				t.Errorf("%s\nwant %q\ngot  %q", test.body, test.want, got)
			}
			checkSources(t, []byte(source), found)
		})
	}
}

// checkSources asserts that every mutant is Go, one by one and all beside each other.
func checkSources(t *testing.T, source []byte, found []mutant) {
	t.Helper()
	numbered := map[int]*mutant{}
	for i := range found {
		if _, err := format.Source(found[i].apply(source)); err != nil {
			t.Errorf("%v is no Go: %v\n%s", &found[i], err, found[i].apply(source))
		}
		if found[i].fits != alone {
			numbered[i+1] = &found[i]
		}
	}
	mixed := mix(source, numbered)
	if _, err := format.Source(mixed.source); err != nil {
		t.Errorf("all of them are no Go: %v\n%s", err, mixed.source)
	}
	for number, span := range mixed.spans {
		if !strings.Contains(string(mixed.source[span[0]:span[1]]), numbered[number].by) {
			t.Errorf("%v is not where it should be", numbered[number])
		}
	}
}

func TestZeroValues(t *testing.T) {
	source := "package p\n\nfunc (s *set[T]) f() (n, m int, b bool, p *T, e error, x other, y [2]int) { return 1, g(), b, nil, h(), x, y }\n" +
		"func g() (int, error) { return f() }\n"
	found, err := findMutants("p/p.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"return 1 → 0", "return g() → 0", "return b → false", "return b → true", "return h() → nil",
		"return x → *new(other)", "return y → *new([2]int)"}
	for i, m := range found[:len(found)-1] {
		if i >= len(want) || m.String() != "p/p.go set.f: "+want[i] {
			t.Errorf("want %q, got %v", want, &m)
		}
	}
	if last := found[len(found)-1]; last.String() != "p/p.go g: return f() → 0, nil" || len(found) != len(want)+1 {
		t.Errorf("%d mutants, the last is %v", len(found), &last)
	}
}

func TestTheInnermostMutantIsBlamed(t *testing.T) {
	source := []byte("package p\n\nfunc f() {\n\tif x {\n\t\tg()\n\t}\n}\n")
	found, err := findMutants("p/p.go", source)
	if err != nil {
		t.Fatal(err)
	}
	numbered := map[int]*mutant{}
	for i := range found {
		numbered[i+1] = &found[i]
	}
	mixtures := map[string]mixture{"p/p.go": mix(source, numbered)}
	got, err := blamed([]byte("# p\np/p.go:5:26: a complaint\n"), mixtures)
	if err != nil || len(got) != 1 || numbered[got[0]].what != "g() → nothing" {
		t.Errorf("want the call, got %v %v", got, err)
	}
	if _, err := blamed([]byte("p/p.go:1:1: a complaint\n"), mixtures); err == nil {
		t.Error("what is in no mutant is no mutant's fault")
	}
	if _, err := blamed([]byte("p/q.go:5:1: a complaint\n"), mixtures); err == nil {
		t.Error("what is in no file with mutants is no mutant's fault")
	}
}

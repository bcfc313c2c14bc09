package main

import (
	"go/format"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/actors"
)

// The documentation says what the code says, its programs compile and its links lead somewhere.

const repository = "../.."

func docsText(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, page))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func docsPages(t *testing.T) []string {
	t.Helper()
	pages := []string{"README.md"}
	err := fs.WalkDir(os.DirFS(repository), "docs", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func TestDocsNameEveryFlag(t *testing.T) {
	var want, got []string
	for _, all := range []settings{serveSettings(&options{}), new(canned).settings(), new(forwarding).settings(), routesSettings(new(bool))} {
		slices.SortFunc(all, func(a, b *setting) int { return strings.Compare(a.name, b.name) })
		for _, s := range all {
			want = append(want, "--"+s.name+" "+variable(s.name)+" "+s.initial)
		}
	}
	row := regexp.MustCompile("(?m)^\\| `(--[a-z-]+)` \\| `(\\w+)` \\| (?:`([^`]*)`|none) \\|")
	for _, cells := range row.FindAllStringSubmatch(docsText(t, "docs/reference/configuration.md"), -1) {
		got = append(got, strings.Join(cells[1:], " "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/reference/configuration.md has\n%s\nthe code has\n%s",
			strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestDocsNameEveryRoute(t *testing.T) {
	server := actors.NewServer(actors.Config{Logger: slog.New(slog.DiscardHandler)})
	var want, got []string
	routes, err := handle(server, options{demo: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range routes[:len(routes)-len(ownRoutes())] {
		want = append(want, r.pattern)
	}
	_, served, _ := strings.Cut(docsText(t, "docs/reference/routes.md"), "## What the program serves")
	for _, cells := range regexp.MustCompile("(?m)^\\| `([A-Z]+ /[^`]*)` \\|").FindAllStringSubmatch(served, -1) {
		got = append(got, cells[1])
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/reference/routes.md has %q, the program serves %q", got, want)
	}
}

// The test of every failure in docs/reference/failures.md exists.
func TestDocsNameTestsThatExist(t *testing.T) {
	tests := make(map[string]bool)
	err := fs.WalkDir(os.DirFS(repository), ".", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, "_test.go") {
			for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)`).FindAllStringSubmatch(docsText(t, path), -1) {
				tests[found[1]] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	page := docsText(t, "docs/reference/failures.md")
	for row := range strings.Lines(page) {
		if cells := strings.Split(row, "|"); len(cells) == 6 && !strings.HasPrefix(cells[4], "---") && cells[4] != " test " {
			if name := strings.Trim(cells[4], " `"); !tests[name] {
				t.Errorf("there is no test %q, for %s", name, cells[1])
			}
		}
	}
	if n := strings.Count(page, "| `Test"); n < 20 {
		t.Errorf("the page has %d rows with a test", n)
	}
}

// A superseded decision names its successor in its first line, and the successor names it.
func TestDocsSupersededDecisionsSaySo(t *testing.T) {
	link := regexp.MustCompile(`\[(\d{4})\]`)
	relation := func(verb string) (pairs []string) {
		for _, page := range docsPages(t) {
			number := regexp.MustCompile(`decisions/(\d{4})-`).FindStringSubmatch(page)
			if number == nil {
				continue
			}
			paragraph := strings.Split(docsText(t, page), "\n\n")[1]
			if !strings.HasPrefix(paragraph, verb+" in part ") && !strings.HasPrefix(paragraph, verb+" [") {
				continue
			}
			for _, other := range link.FindAllStringSubmatch(paragraph, -1) {
				if pair := []string{other[1], number[1]}; verb == "Supersedes" {
					pairs = append(pairs, strings.Join(pair, " by "))
				} else {
					pairs = append(pairs, pair[1]+" by "+pair[0])
				}
			}
		}
		slices.Sort(pairs)
		return pairs
	}
	if new, old := relation("Supersedes"), relation("Superseded"); !slices.Equal(new, old) || len(old) < 4 {
		t.Errorf("the superseding say %q, the superseded %q", new, old)
	}
}

// Code is fenced, so that what looks like a link in it is none.
var fenced = regexp.MustCompile("(?ms)^```.*?^```$|`[^`\n]*`")

func TestDocsLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	headings := make(map[string][]string) // of each page that a link with an anchor leads to
	for _, page := range docsPages(t) {
		for _, found := range link.FindAllStringSubmatch(fenced.ReplaceAllString(docsText(t, page), ""), -1) {
			target, anchor, _ := strings.Cut(found[1], "#")
			if strings.Contains(target, "://") || strings.HasSuffix(target, "performance.md") {
				continue // the bench writes that page
			}
			path := page
			if target != "" {
				path = filepath.Join(filepath.Dir(page), target)
			}
			if _, err := os.Stat(filepath.Join(repository, path)); err != nil {
				t.Errorf("%s: the link %s leads nowhere", page, found[1])
				continue
			}
			if anchor != "" && headings[path] == nil {
				headings[path] = anchors(docsText(t, path))
			}
			if anchor != "" && !slices.Contains(headings[path], anchor) {
				t.Errorf("%s: %s has no heading #%s", page, path, anchor)
			}
		}
	}
}

// anchors are the headings of a page, as links name them.
func anchors(page string) (names []string) {
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(fenced.ReplaceAllString(page, ""), -1) {
		name := strings.ReplaceAll(strings.ToLower(heading[1]), " ", "-")
		names = append(names, regexp.MustCompile(`[^\w-]`).ReplaceAllString(name, ""))
	}
	return names
}

// Invariant: the files on a page, each fenced as "go NAME.go" or "html NAME.html", form a program that go vet accepts,
// and whose tests pass. A second file of the same name begins the next program, after the first was checked. The pages of
// the tutorial go on with each other's files, in order, as their readers do.
func TestDocsPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs go vet and go test")
	}
	const tutorial = "docs/tutorial/"
	var course []string
	for _, page := range docsPages(t) {
		if strings.HasPrefix(page, tutorial) {
			course = append(course, page)
		} else if len(docsFiles(t, page)) > 0 {
			t.Run(page, func(t *testing.T) {
				t.Parallel()
				checkDocsPage(t, page, newDocsModule(t))
			})
		}
	}
	t.Run(tutorial, func(t *testing.T) {
		t.Parallel()
		module := newDocsModule(t)
		for _, page := range course {
			checkDocsPage(t, page, module)
		}
	})
}

// docsFiles are the files on a page: language, name and text of each.
func docsFiles(t *testing.T, page string) [][]string {
	t.Helper()
	block := regexp.MustCompile("(?ms)^```(go|html) (\\w+\\.\\w+)\n(.*?)^```$")
	var files [][]string
	for _, found := range block.FindAllStringSubmatch(docsText(t, page), -1) {
		files = append(files, found[1:])
	}
	return files
}

// checkDocsPage writes the files on a page into a module, and checks each program that they form.
func checkDocsPage(t *testing.T, page, module string) {
	t.Helper()
	written := make(map[string]bool)
	for _, file := range docsFiles(t, page) {
		language, name, text := file[0], file[1], file[2]
		if written[name] {
			checkDocs(t, page, module)
			clear(written)
		}
		if language == "go" {
			if tidy, err := format.Source([]byte(text)); err != nil || string(tidy) != text {
				t.Errorf("%s: gofmt would change %s (%v)", page, name, err)
			}
		}
		if err := os.WriteFile(filepath.Join(module, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		written[name] = true
	}
	checkDocs(t, page, module)
}

// newDocsModule makes a module that uses ours by replace, as a reader's would, at our versions of
// its dependencies, so that nothing is downloaded.
func newDocsModule(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	ours, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(docsText(t, "go.mod"), "\n")
	mod := "module example.com/docs\n" + rest + "\nrequire github.com/troupe-go/troupe v0.0.0\n" +
		"replace github.com/troupe-go/troupe => " + ours + "\n"
	for name, text := range map[string]string{"go.mod": mod, "go.sum": docsText(t, "go.sum")} {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return directory
}

// checkDocs vets the program in a module, and runs its tests if it has some.
func checkDocs(t *testing.T, page, module string) {
	t.Helper()
	commands := [][]string{{"vet", "."}}
	if tests, err := filepath.Glob(filepath.Join(module, "*_test.go")); err != nil || len(tests) > 0 {
		commands = append(commands, []string{"test", "-vet=off", "."})
	}
	for _, arguments := range commands {
		command := exec.Command("go", arguments...)
		command.Dir = module
		command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%s: go %s: %v\n%s", page, strings.Join(arguments, " "), err, out)
		}
	}
}

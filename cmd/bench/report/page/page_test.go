package page

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReplaceBlock(t *testing.T) {
	p := Page{mark: "x"}
	text := "# Title\n\n" + p.begin() + "\nold\n" + p.end() + "\n\nAfter.\n"
	got, err := p.replaceBlock(text, "new\n")
	if err != nil {
		t.Fatal(err)
	}
	want := "# Title\n\n<!-- x:begin -->\nnew\n<!-- x:end -->\n\nAfter.\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPageWithoutMarkers(t *testing.T) {
	p := Page{mark: "x"}
	for _, text := range []string{"", p.begin(), p.end(), p.end() + p.begin(), performanceTemplate} {
		if _, err := p.replaceBlock(text, "new"); err == nil {
			t.Errorf("%q: no error, where the figures have no place", text)
		}
	}
}

func TestTheNewPagesHaveTheMarkers(t *testing.T) {
	for _, p := range []Page{Performance, Placements, Reliability("overload"), Reliability("crash"),
		Reliability("slow"), Reliability("soak"), Reliability("memory"),
		Reliability("poison"), Reliability("fair")} {
		if _, err := p.replaceBlock(p.template, ""); err != nil {
			t.Error(err)
		}
	}
}

func TestCommandsShareAPage(t *testing.T) {
	to := Publishing{Write: true, Out: t.TempDir()}
	for _, mark := range []string{"crash", "slow", "crash"} {
		target, err := Open(to, Reliability(mark))
		if err != nil {
			t.Fatal(err)
		}
		if err := target.Publish("the figures of "+mark, Picture{mark + ".svg", "<svg/>"}); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(to.Out, "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Reliability", "the figures of crash", "the figures of slow"} {
		if strings.Count(string(text), want) != 1 {
			t.Errorf("the page has %q %d times, want once", want, strings.Count(string(text), want))
		}
	}
	if _, err := os.Stat(filepath.Join(to.Out, "slow.svg")); err != nil {
		t.Error(err)
	}
}

func TestNothingIsWrittenUnasked(t *testing.T) {
	dir := t.TempDir()
	target, err := Open(Publishing{Out: dir}, Performance)
	if err != nil {
		t.Fatal(err)
	}
	if err := target.Publish("figures"); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("%d files (%v), want none", len(files), err)
	}
}

func TestRepositoryRoot(t *testing.T) {
	root := t.TempDir()
	bench := filepath.Join(root, "cmd", "bench")
	if err := os.MkdirAll(bench, 0o755); err != nil {
		t.Fatal(err)
	}
	for dir, module := range map[string]string{root: "github.com/troupe-go/troupe", bench: "github.com/troupe-go/troupe/cmd/bench"} {
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module "+module+"\n\ngo 1.26\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(bench)
	got, err := repositoryRoot()
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Base(got) != filepath.Base(root) {
		t.Errorf("the root is %s, want %s", got, root)
	}
	t.Chdir(filepath.Dir(root))
	if _, err := repositoryRoot(); err == nil {
		t.Error("no error outside of the repository")
	}
}

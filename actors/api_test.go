package actors_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const apiPage = "../docs/reference/api.txt"

var update = flag.Bool("update", false, "rewrite "+apiPage)

// Exported names and their comments change only on purpose.
func TestTheAPIIsAsThePageHasIt(t *testing.T) {
	// The sources are looked at, so that the go command does not repeat an old result from its cache.
	if err := filepath.WalkDir(".", func(_ string, _ fs.DirEntry, err error) error { return err }); err != nil {
		t.Fatal(err)
	}
	var now []byte
	for _, folder := range []string{"actors", "actors/handlers", "actors/nethttp", "actors/actorstest", "actors/console"} {
		text, err := exec.Command("go", "doc", "-all", module+folder).Output()
		if err != nil {
			t.Fatalf("go doc %s: %v", folder, err)
		}
		now = append(now, text...)
	}
	if *update {
		if err := os.WriteFile(apiPage, now, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(apiPage)
	if err != nil {
		t.Fatal(err)
	}
	page = bytes.ReplaceAll(page, []byte("\r\n"), []byte("\n"))
	if !bytes.Equal(page, now) {
		t.Errorf("%s is not what go doc says: go test ./actors -run API -update\ngone:\n%s\nnew:\n%s", apiPage,
			onlyIn(string(page), string(now)), onlyIn(string(now), string(page)))
	}
}

// onlyIn are the lines that the other text does not have.
func onlyIn(text, other string) string {
	others := strings.Split(other, "\n")
	return strings.Join(slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return slices.Contains(others, line) }), "\n")
}

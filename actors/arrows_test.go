package actors_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	library = "github.com/asynkron/protoactor-go/"
	module  = "github.com/troupe-go/troupe/"
)

// The packages, from top to bottom, and all that each may import besides the standard library: nothing that is above it.
var packages = []struct {
	folder string
	may    []string
}{
	{"cmd/troupe", []string{module + "actors/handlers", module + "actors/nethttp", module + "actors/console", module + "actors", library + "actor",
		"github.com/caddyserver/certmagic", "github.com/dustin/go-humanize", "github.com/pelletier/go-toml/v2", "github.com/spf13/cobra",
		"github.com/spf13/pflag", "go.uber.org/zap", "go.uber.org/zap/zapcore"}},
	{"cmd/mutate", nil},
	{"actors/handlers", []string{module + "actors/nethttp", module + "actors/internal/callers", module + "actors", module + "wire", library + "actor", "github.com/dustin/go-humanize",
		"github.com/klauspost/compress/gzip", "github.com/klauspost/compress/zstd"}},
	{"actors/nethttp", []string{module + "actors", library + "actor"}},
	{"actors/actorstest", []string{module + "actors", module + "actors/internal/hooks", module + "actors/internal/rawhttp", module + "actors/internal/duplex", library + "actor"}},
	{"actors/console", []string{module + "actors"}},
	{"actors", []string{module + "actors/internal/callers", module + "actors/internal/dispatch", module + "actors/internal/hooks", module + "actors/internal/routing", module + "actors/internal/transport", module + "wire",
		library + "actor", library + "ctxext", "github.com/google/uuid"}},
	{"actors/internal/callers", nil},
	{"actors/internal/dispatch", nil},
	{"actors/internal/hooks", nil},
	{"actors/internal/routing", nil},
	{"actors/internal/transport", []string{"github.com/pires/go-proxyproto"}},
	{"actors/internal/rawhttp", nil}, // only tests have it, of users as well
	{"actors/internal/duplex", nil},  // likewise
	{"wire", nil},
}

// The files that know net/http (docs/decisions/0035).
var ofNetHTTP = []string{"actors/cookies.go", "actors/handlers/proxy.go", "actors/nethttp/body.go", "actors/nethttp/controller.go",
	"actors/nethttp/handler.go", "actors/nethttp/head.go", "actors/nethttp/request.go", "actors/nethttp/writer.go", "actors/nethttp/writer_sending.go",
	"actors/actorstest/events.go", "actors/actorstest/memory.go", "cmd/troupe/acme_certificates.go", "cmd/troupe/proxy_headers.go"}

func TestImportsPointDown(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != "..":
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil || strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" {
				return fs.SkipDir // another module, or none
			}
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			checkImports(t, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkImports(t *testing.T, name string) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	folder, _ := filepath.Rel("..", filepath.Dir(name))
	at := levelOf(filepath.ToSlash(folder))
	if at < 0 {
		t.Errorf("%s is of a package that has no place in the order of packages", name)
		return
	}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		first, _, _ := strings.Cut(path, "/")
		ours, inside := strings.CutPrefix(path, module)
		switch {
		case (path == "net/http" || strings.HasPrefix(path, "net/http/")) && !slices.Contains(ofNetHTTP, filepath.ToSlash(strings.TrimPrefix(name, ".."+string(filepath.Separator)))):
			t.Errorf("%s imports %s: it is the judge in the tests, the server is our own (docs/decisions/0008)", name, path)
		case inside && levelOf(ours) <= at:
			t.Errorf("%s imports %s, which is above it or beside it", name, path)
		case strings.Contains(first, ".") && !slices.Contains(packages[at].may, path):
			t.Errorf("%s imports %s, which is none of what %s may import", name, path, packages[at].folder)
		}
	}
}

func levelOf(folder string) int {
	for i, p := range packages {
		if p.folder == folder {
			return i
		}
	}
	return -1
}

package actors

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	library = "github.com/asynkron/protoactor-go/"
	module  = "github.com/troupe-go/troupe/"

	maxFileLines     = 400
	maxFunctionLines = 80
)

// The arrows: cmd -> handlers -> actors -> wire and transport. Besides the standard library, these are
// all that a folder may import. The test client imports none of them: their tests import it.
var arrows = map[string][]string{
	".":                  {library + "actor", library + "ctxext", module + "wire", module + "actors/internal/dispatch", module + "actors/internal/transport"},
	"handlers":           {library + "actor", module + "actors"},
	"actorstest":         {},
	"internal/transport": {"github.com/pires/go-proxyproto"},
	"internal/dispatch":  {},
	"internal/duplex":    {},
}

func TestImportsAndSizes(t *testing.T) {
	for folder, allowed := range arrows {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has %d files: %v", folder, len(files), err)
		}
		for _, name := range files {
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			if n := set.File(file.Pos()).LineCount(); n > maxFileLines {
				t.Errorf("%s has %d lines, the budget is %d: split it along a noun", name, n, maxFileLines)
			}
			if !strings.HasSuffix(name, "_test.go") {
				checkImports(t, name, file, allowed)
				checkFunctions(t, name, set, file)
			}
		}
	}
}

func checkImports(t *testing.T, name string, file *ast.File, allowed []string) {
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		first, _, _ := strings.Cut(path, "/")
		standard := !strings.Contains(first, ".")
		switch {
		case path == "net/http" || strings.HasPrefix(path, "net/http/"):
			t.Errorf("%s imports %s: it is the judge in the tests, the server is our own", name, path)
		case !standard && !slices.Contains(allowed, path):
			t.Errorf("%s imports %s: the arrows go cmd -> handlers -> actors -> wire and transport", name, path)
		}
	}
}

func checkFunctions(t *testing.T, name string, set *token.FileSet, file *ast.File) {
	for _, decl := range file.Decls {
		if function, ok := decl.(*ast.FuncDecl); ok {
			if n := set.Position(function.End()).Line - set.Position(function.Pos()).Line + 1; n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines, the budget is %d", name, function.Name.Name, n, maxFunctionLines)
			}
		}
	}
}

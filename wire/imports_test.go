package wire

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What may be imported: packages that look at octets, and nothing that does I/O, keeps time, logs,
// or lets goroutines meet (design.md, "The house").
var pure = []string{"bytes", "encoding/binary", "errors", "math/bits", "slices", "strconv", "strings", "unicode/utf8"}

const (
	maxFileLines     = 400
	maxFunctionLines = 80
)

func TestImportsAndSizes(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		if n := set.File(file.Pos()).LineCount(); n > maxFileLines {
			t.Errorf("%s has %d lines, the budget is %d: split it along a noun", name, n, maxFileLines)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, spec := range file.Imports {
			if path, _ := strconv.Unquote(spec.Path.Value); !slices.Contains(pure, path) {
				t.Errorf("%s imports %s: wire turns octets into events and does nothing else", name, path)
			}
		}
		for _, decl := range file.Decls {
			function, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := set.Position(function.End()).Line - set.Position(function.Pos()).Line + 1; n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines, the budget is %d", name, function.Name.Name, n, maxFunctionLines)
			}
		}
	}
}

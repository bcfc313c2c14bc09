package actors_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

const (
	maxFileLines     = 400
	maxFunctionLines = 80
)

func TestSizes(t *testing.T) {
	for _, folder := range []string{".", "handlers", "console", "internal/dispatch", "internal/duplex", "internal/routing", "internal/transport"} {
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
				checkFunctions(t, name, set, file)
			}
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

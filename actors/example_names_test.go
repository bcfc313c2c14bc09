package actors_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// withoutExample are the exported names that no example uses, each with the reason.
var withoutExample = map[string]string{
	// Types whose names programs seldom write.
	"actors.Carrier": "", "actors.ContentReader": "", "actors.HandlerOption": "", "actors.Overflow": "",
	"actors.Rejection": "", "actors.RouteInfo": "", "actorstest.Client": "", "actorstest.Reply": "", "actorstest.T": "",
	// Methods that fmt, io and errors call.
	"actors.Problem.Error": "", "actors.UnfinishedError.Error": "", "actors.UnfinishedError.Unwrap": "",
	"actors.ContentReader.Read": "", "actors.ContentReader.WriteTo": "",
	// What an example cannot show.
	"actors.ContentReader.SetDeadline": "it needs a slow client",
	"actors.ContentReader.Trailers":    "it needs a client that sends some",
	"actors.Server.ListenAndServe":     "it returns at the end of the server: docs/how-to/deploy.md",
	"actors.Server.ListenAndServeTLS":  "it needs certificates: docs/how-to/serve-tls.md",
	"actors.Server.ServeTLS":           "likewise",
	"actors.Server.StartTLS":           "likewise",
	"actorstest.Logger":                "it needs a test",
	"actorstest.Reply.Golden":          "it needs a file",
	"actorstest.ReadResponse":          "it is for clients of another kind",
}

// Each exported function, type and method occurs in an example, or there is a reason why not.
func TestExportedNamesHaveExamples(t *testing.T) {
	for _, folder := range []string{".", "handlers", "nethttp", "actorstest"} {
		files := token.NewFileSet()
		var sources []*ast.File
		used := make(map[string]bool)
		names, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			isTest := strings.HasSuffix(name, "_test.go")
			if isTest && !strings.HasPrefix(filepath.Base(name), "example_") {
				continue
			}
			file, err := parser.ParseFile(files, name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if !isTest {
				sources = append(sources, file)
				continue
			}
			ast.Inspect(file, func(node ast.Node) bool {
				switch node := node.(type) {
				case *ast.SelectorExpr:
					used[node.Sel.Name] = true
				case *ast.FuncDecl: // of an interface
					used[node.Name.Name] = true
				}
				return true
			})
		}
		documented, err := doc.NewFromFiles(files, sources, folder)
		if err != nil {
			t.Fatal(err)
		}
		want := func(name string) {
			whole := documented.Name + "." + name
			_, excused := withoutExample[whole]
			if uses := used[name[strings.LastIndex(name, ".")+1:]]; !uses && !excused {
				t.Errorf("no example uses %s", whole)
			} else if uses && excused {
				t.Errorf("there is an example of %s, so it needs no reason", whole)
			}
		}
		functions := documented.Funcs
		for _, kind := range documented.Types {
			want(kind.Name)
			functions = slices.Concat(functions, kind.Funcs)
			for _, method := range kind.Methods {
				want(kind.Name + "." + method.Name)
			}
		}
		for _, function := range functions {
			want(function.Name)
		}
	}
}

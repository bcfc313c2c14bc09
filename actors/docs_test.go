package actors

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/troupe-go/troupe/wire"
)

// The reference pages say what the code says.

// docsRows are the table rows of a page, or of one of its sections, whose first cell matches; without
// the backticks of the cells.
func docsRows(t *testing.T, page, section, first string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile("../docs/reference/" + page)
	if err != nil {
		t.Fatal(err)
	}
	whole := string(text)
	if section != "" {
		_, whole, _ = strings.Cut(whole, "\n## "+section+"\n")
		whole, _, _ = strings.Cut(whole, "\n## ")
	}
	begins := regexp.MustCompile("^" + first + "$")
	for line := range strings.Lines(whole) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if strings.HasPrefix(line, "|") && begins.MatchString(cells[0]) {
			for i := range cells {
				cells[i] = strings.ReplaceAll(cells[i], "`", "")
			}
			rows = append(rows, cells)
		}
	}
	if len(rows) == 0 {
		t.Fatalf("%s has no rows that begin with %s", page, first)
	}
	return rows
}

func TestDocsNameEveryMessage(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "messages.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Request", "Response"}
	for _, decl := range file.Decls {
		if types, ok := decl.(*ast.GenDecl); ok && types.Tok == token.TYPE {
			for _, spec := range types.Specs {
				if _, ok := spec.(*ast.TypeSpec).Type.(*ast.StructType); ok {
					want = append(want, spec.(*ast.TypeSpec).Name.Name)
				}
			}
		}
	}
	var got []string
	for _, row := range docsRows(t, "messages.md", "", "`[A-Za-z]\\w*`") {
		got = append(got, row[0])
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("docs/reference/messages.md names\n%v, the code has\n%v", got, want)
	}
}

func TestDocsNameEveryRule(t *testing.T) {
	var want, got []string
	for _, r := range wire.Rules() {
		want = append(want, fmt.Sprintf("%d %s: %s", r.Status, r.Section, r.Reason))
	}
	for _, row := range docsRows(t, "errors.md", "Rules", `\d+`) {
		got = append(got, fmt.Sprintf("%s %s: %s", row[0], row[1], row[2]))
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/reference/errors.md has the rules\n%s\nthe code has\n%s",
			strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestDocsNameEveryField(t *testing.T) {
	config := Config{}.WithDefaults()
	for _, test := range []struct {
		section  string
		defaults any
		differs  map[string]string // where the page does not show the value
	}{
		{"actors.Config", config, map[string]string{"Logger": "slog.Default()", "Limits": "Limits{}", "Problem": "nil", "TLS": "nil", "System": "nil"}},
		{"actors.Limits", config.Limits, nil},
	} {
		var want, got []string
		value := reflect.ValueOf(test.defaults)
		for i := range value.NumField() {
			name := value.Type().Field(i).Name
			otherwise := test.differs[name]
			if otherwise == "" {
				otherwise = fmt.Sprint(value.Field(i))
			}
			want = append(want, name+" = "+otherwise)
		}
		for _, row := range docsRows(t, "configuration.md", test.section, "`[A-Z]\\w*`") {
			got = append(got, row[0]+" = "+row[1])
		}
		if !slices.Equal(got, want) {
			t.Errorf("docs/reference/configuration.md has for %s\n%v, the code has\n%v", test.section, got, want)
		}
	}
}

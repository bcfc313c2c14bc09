package actors_test

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The rooms of this package, from top to bottom, by what the names of their files begin with; the longest counts. A file may
// know the private state of its own room, and of those below.
var rooms = []struct{ name, files string }{
	{"a server is told", "server spawn config route group handler tls listen doc platform"},
	{"the tree", "server_actor listener connection router place alarm output"},
	{"nobody is orphaned", "mailbox custody undelivered supervision crash queue guard children handler_context handlers refusals work topic"},
	{"one request", "request response problem cookies body content uploads exchange call fields feed"},
	{"what happened", "log counts rejections readiness whereabouts unfinished"},
	{"what all share", "env system clock date rarely messages names peers mistakes"},
}

// What files know of rooms above their own all the same. There should be less of it, and never more.
var upward = map[string]string{
	"call":                  "connection_waiting connections route_filters route_options router routes server undelivered",
	"call_receiving":        "undelivered",
	"call_response":         "connection_streaming crash guard handlers route_filters routes undelivered",
	"connection_awaiting":   "route_filters route_options routes",
	"connection_exchanging": "route_filters",
	"connection_reading":    "route_options",
	"connection_waiting":    "routes",
	"custody":               "place placement_crew",
	"env":                   "connections content crash_log log mailbox readiness rejections request_id supervision",
	"exchange_outcome":      "config connection_waiting custody mailbox queue routes undelivered",
	"feed":                  "guard",
	"handlers":              "handler placement",
	"handlers_instances":    "handler placement",
	"listener":              "listening",
	"listener_draining":     "listening",
	"log":                   "crash crash_log custody mailbox place placement queue supervision",
	"log_exchange":          "connection_exchanging crash_log request response routes",
	"log_identity":          "custody request response",
	"log_library":           "crash crash_log supervision",
	"mailbox":               "place",
	"mailbox_life":          "place placement",
	"messages":              "listening",
	"placement":             "handler handler_options routes",
	"placement_key":         "handler",
	"problem":               "crash guard undelivered",
	"readiness":             "handler handler_options place placement placement_pool",
	"rejections":            "server",
	"request":               "routes",
	"request_context":       "routes",
	"request_reader":        "routes",
	"request_progress":      "custody mailbox place placement routes",
	"request_ticket":        "connection_waiting custody queue queue_turns",
	"router":                "routes",
	"router_unrouted":       "routes",
	"server_actor":          "listening routes spawn",
	"system":                "crash_log guard log undelivered",
	"undelivered":           "connection_streaming listening place placement",
	"unfinished":            "mailbox",
	"whereabouts":           "crash custody mailbox place placement queue request request_progress request_ticket",
}

func TestFilesKnowWhatIsBelowThem(t *testing.T) {
	set := token.NewFileSet()
	uses, found := privateUses(t, set), make(map[string]bool)
	for _, ident := range slices.SortedFunc(maps.Keys(uses), func(a, b *ast.Ident) int { return int(a.Pos() - b.Pos()) }) {
		used := uses[ident]
		from, to := fileAt(set, ident.Pos()), fileAt(set, used.Pos())
		above, below := roomOf(t, to), roomOf(t, from)
		switch {
		case above >= below:
		case slices.Contains(strings.Fields(upward[from]), to):
			found[from+" "+to] = true
		default:
			t.Errorf("%v: %s.go of the room %q uses %s of %s.go, of %q above it", set.Position(ident.Pos()), from, rooms[below].name, used.Name(), to, rooms[above].name)
		}
	}
	for from, files := range upward {
		for _, to := range strings.Fields(files) {
			if !found[from+" "+to] {
				t.Errorf("%s.go uses nothing of %s.go any more: take that out of the table", from, to)
			}
		}
	}
}

func fileAt(set *token.FileSet, at token.Pos) string {
	return strings.TrimSuffix(filepath.Base(set.Position(at).Filename), ".go")
}

func roomOf(t *testing.T, file string) (room int) {
	longest := ""
	for i, r := range rooms {
		for _, prefix := range strings.Fields(r.files) {
			if strings.HasPrefix(file, prefix) && len(prefix) > len(longest) {
				room, longest = i, prefix
			}
		}
	}
	if longest == "" {
		t.Fatalf("%s.go is in no room", file)
	}
	return room
}

// privateUses are all uses of fields, functions and variables of this package that are not exported. What it imports is
// read as the go command has compiled it.
func privateUses(t *testing.T, set *token.FileSet) map[*ast.Ident]types.Object {
	listed, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	compiled := make(map[string]string)
	for line := range strings.Lines(string(listed)) {
		path, export, _ := strings.Cut(strings.TrimSpace(line), " ")
		compiled[path] = export
	}
	here, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range here.GoFiles {
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
	open := func(path string) (io.ReadCloser, error) { return os.Open(compiled[path]) }
	own, err := (&types.Config{Importer: importer.ForCompiler(set, "gc", open)}).Check(module+"actors", set, files, info)
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(info.Uses, func(_ *ast.Ident, used types.Object) bool {
		variable, is := used.(*types.Var)
		_, function := used.(*types.Func)
		return used.Pkg() != own || used.Exported() || !function && (!is || !variable.IsField() && variable.Parent() != own.Scope())
	})
	return info.Uses
}

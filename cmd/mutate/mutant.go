package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// A mutant is one change of a source file.
type mutant struct {
	file         string // relative to the root of the module, with slashes
	line, column int
	function     string // for example "Decoder.Next"; "" outside of functions
	from, to     int    // the octets that it replaces
	by           string
	what         string // the change, for people
	fits         place  // how it can stand beside the original
}

// A place says what a mutant replaces, and so how one binary can have it and the original.
type place int

const (
	alone     place = iota // none of the others: it needs its own binary
	statement              // one or more statements of a list
	condition              // an expression that is true or false
	number                 // an expression that may be evaluated without effect
)

// String says where the mutant is and what it changes. It has no line number, so that a page can list it.
func (m *mutant) String() string {
	return strings.TrimSpace(m.file+" "+m.function) + ": " + m.what
}

// apply makes the change.
func (m *mutant) apply(source []byte) []byte {
	return []byte(string(source[:m.from]) + m.by + string(source[m.to:]))
}

// findMutants lists the mutants of a file, in the order of the source.
func findMutants(name string, source []byte) ([]mutant, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var found []mutant
	ast.Walk(&finder{file: name, source: source, set: set, found: &found}, file)
	slices.SortStableFunc(found, func(a, b mutant) int { return a.from - b.from })
	return found, nil
}

// A finder visits the nodes within one function.
type finder struct {
	file     string
	source   []byte
	set      *token.FileSet
	function string
	results  []ast.Expr // the result types of the function
	found    *[]mutant
}

// add adds the mutant that replaces the source between two positions.
func (f *finder) add(fits place, from, to token.Pos, by, what string) {
	at := f.set.Position(from)
	*f.found = append(*f.found, mutant{file: f.file, line: at.Line, column: at.Column, function: f.function,
		from: at.Offset, to: f.set.Position(to).Offset, by: by, what: what, fits: fits})
}

// text is the source of the node.
func (f *finder) text(n ast.Node) string { return f.between(n.Pos(), n.End()) }

func (f *finder) between(from, to token.Pos) string {
	return string(f.source[f.set.Position(from).Offset:f.set.Position(to).Offset])
}

// shown returns source on one line that is not too long and fits between two backticks.
func shown(source string) string {
	const most = 72
	line := strings.ReplaceAll(strings.Join(strings.Fields(source), " "), "`", "'")
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	if line == "" {
		return "nothing"
	}
	return line
}

// within returns a finder for the body of a function.
func (f *finder) within(name string, kind *ast.FuncType) *finder {
	inner := *f
	inner.function, inner.results = name, nil
	if kind.Results != nil {
		for _, field := range kind.Results.List {
			for range max(len(field.Names), 1) {
				inner.results = append(inner.results, field.Type)
			}
		}
	}
	return &inner
}

// nameOf returns the name of a function, with its receiver before it.
func nameOf(declared *ast.FuncDecl) string {
	if declared.Recv == nil || len(declared.Recv.List) == 0 {
		return declared.Name.Name
	}
	kind := declared.Recv.List[0].Type
	for {
		switch t := kind.(type) {
		case *ast.StarExpr:
			kind = t.X
		case *ast.IndexExpr:
			kind = t.X
		case *ast.IndexListExpr:
			kind = t.X
		case *ast.Ident:
			return t.Name + "." + declared.Name.Name
		default:
			return declared.Name.Name
		}
	}
}

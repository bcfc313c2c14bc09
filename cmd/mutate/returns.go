package main

import (
	"go/ast"
	"slices"
	"strings"
)

// returned replaces the results of a function by zero values, one after another, and a bool by each of its values.
func (f *finder) returned(r *ast.ReturnStmt) {
	zeros := make([]string, len(f.results))
	for i, kind := range f.results {
		zeros[i] = f.zero(kind)
	}
	if len(r.Results) != len(f.results) { // a call that returns all results
		f.instead(r, r.Results[0], strings.Join(zeros, ", "))
		return
	}
	for i, value := range r.Results {
		is := f.text(value)
		if !slices.Contains([]string{"0", "nil", `""`, "false", f.text(f.results[i]) + "{}"}, is) {
			f.instead(r, value, zeros[i])
		}
		if f.text(f.results[i]) == "bool" && is != "true" {
			f.instead(r, value, "true")
		}
	}
}

// instead returns another value in place of the given one.
func (f *finder) instead(r *ast.ReturnStmt, value ast.Expr, by string) {
	whole := f.between(r.Pos(), value.Pos()) + by + f.between(value.End(), r.End())
	f.add(statement, r.Pos(), r.End(), whole, "return "+shown(f.text(value))+" → "+shown(by))
}

// zero is the zero value of a type.
func (f *finder) zero(kind ast.Expr) string {
	switch t := kind.(type) {
	case *ast.StarExpr, *ast.MapType, *ast.FuncType, *ast.ChanType, *ast.InterfaceType:
		return "nil"
	case *ast.ArrayType:
		if t.Len == nil {
			return "nil"
		}
	case *ast.Ident:
		switch t.Name {
		case "string":
			return `""`
		case "bool":
			return "false"
		case "error", "any":
			return "nil"
		case "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "byte", "rune":
			return "0"
		}
	}
	return "*new(" + f.text(kind) + ")"
}

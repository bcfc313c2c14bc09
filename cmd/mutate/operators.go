package main

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// The changes: statements are removed, conditions are negated or made never true, operators are swapped for their
// neighbours, branches are emptied.

// swaps are operators and their neighbours.
var swaps = map[token.Token]token.Token{
	token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	token.EQL: token.NEQ, token.NEQ: token.EQL, token.LAND: token.LOR, token.LOR: token.LAND,
	token.ADD: token.SUB, token.SUB: token.ADD, token.ADD_ASSIGN: token.SUB_ASSIGN, token.SUB_ASSIGN: token.ADD_ASSIGN,
	token.INC: token.DEC, token.DEC: token.INC,
}

// Visit adds the mutants of a node.
func (f *finder) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return f.within(nameOf(n), n.Type)
	case *ast.FuncLit:
		return f.within(f.function, n.Type)
	case *ast.GenDecl:
		if n.Tok == token.CONST || n.Tok == token.IMPORT {
			return nil
		}
	case *ast.IfStmt:
		f.condition(n.Cond)
		if body, ok := n.Else.(*ast.BlockStmt); ok {
			f.empty(body.List)
		}
	case *ast.ForStmt:
		if n.Cond != nil {
			f.negate(n.Cond)
		}
		if n.Post != nil {
			f.statement(alone, n.Post)
		}
	case *ast.SwitchStmt:
		f.clauses(n.Body, n.Tag == nil)
	case *ast.TypeSwitchStmt:
		f.clauses(n.Body, false)
	case *ast.SelectStmt:
		f.clauses(n.Body, false)
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CaseClause:
		f.statements(n.Body)
	case *ast.CommClause:
		f.statements(n.Body)
	case *ast.BinaryExpr:
		f.operator(n)
	}
	return f
}

// operator swaps an operator between two operands, but not the + of strings.
func (f *finder) operator(n *ast.BinaryExpr) {
	fits := condition
	if n.Op == token.ADD || n.Op == token.SUB {
		if fits = number; !pure(n) {
			fits = alone
		}
	}
	if by, ok := swaps[n.Op]; ok && !(by == token.SUB && strings.ContainsAny(f.text(n), "\"`")) {
		mutated := "(" + f.text(n.X) + ") " + by.String() + " (" + f.text(n.Y) + ")"
		f.add(fits, n.Pos(), n.End(), mutated, swapped(n.Op, by, f.text(n)))
	}
}

func swapped(operator, by token.Token, whole string) string {
	return operator.String() + " → " + by.String() + " in " + shown(whole)
}

// pure reports whether an expression may be evaluated twice: it calls no function that may have effects.
func pure(n ast.Node) (yes bool) {
	yes = true
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			name, ok := call.Fun.(*ast.Ident)
			yes = yes && ok && slices.Contains(harmless, name.Name)
		}
		return yes
	})
	return yes
}

var harmless = []string{"len", "cap", "min", "max", "byte", "int", "int32", "int64", "uint32", "uint64", "float64"}

// step swaps the operator of an assignment, or of ++ and --.
func (f *finder) step(fits place, s ast.Stmt, at token.Pos, operator token.Token) {
	by, ok := swaps[operator]
	if whole := f.text(s); ok && !strings.ContainsAny(whole, "\"`") {
		end := at + token.Pos(len(operator.String()))
		f.add(fits, s.Pos(), s.End(), f.between(s.Pos(), at)+by.String()+f.between(end, s.End()), swapped(operator, by, whole))
	}
}

// condition negates a condition, and makes it never true.
func (f *finder) condition(cond ast.Expr) {
	f.negate(cond)
	f.add(condition, cond.Pos(), cond.End(), "false && ("+f.text(cond)+")", shown(f.text(cond))+" → never")
}

// negate negates a condition, unless swapping its operator does the same.
func (f *finder) negate(cond ast.Expr) {
	if binary, ok := cond.(*ast.BinaryExpr); ok && (binary.Op == token.EQL || binary.Op == token.NEQ) {
		return
	}
	f.add(condition, cond.Pos(), cond.End(), "!("+f.text(cond)+")", shown(f.text(cond))+" → not")
}

// clauses empties the clauses of a switch or select. Clauses that are conditions are treated as conditions.
func (f *finder) clauses(body *ast.BlockStmt, conditions bool) {
	for _, clause := range body.List {
		switch clause := clause.(type) {
		case *ast.CaseClause:
			if !conditions || clause.List == nil {
				f.empty(clause.Body)
				continue
			}
			for _, cond := range clause.List {
				f.condition(cond)
			}
		case *ast.CommClause:
			f.empty(clause.Body)
		}
	}
}

// empty removes the statements of a branch, unless it is a single one that is removed anyway.
func (f *finder) empty(body []ast.Stmt) {
	if len(body) > 0 && !(len(body) == 1 && removable(body[0])) {
		from, to := body[0].Pos(), body[len(body)-1].End()
		f.add(fitsWithout(body[len(body)-1]), from, to, "", shown(f.between(from, to))+" → nothing")
	}
}

// fitsWithout returns alone for a statement that may be the end of a function.
func fitsWithout(s ast.Stmt) place {
	switch s := s.(type) {
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok {
			if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "panic" {
				return alone
			}
		}
		return statement
	case *ast.AssignStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SendStmt:
		return statement
	case *ast.BranchStmt:
		return statement
	}
	return alone
}

func (f *finder) statements(body []ast.Stmt) {
	for _, s := range body {
		if returned, ok := s.(*ast.ReturnStmt); ok && returned.Results != nil {
			f.returned(returned)
			continue
		}
		f.statement(fitsWithout(s), s)
	}
}

// statement removes a statement, and swaps its operator.
func (f *finder) statement(fits place, s ast.Stmt) {
	if !removable(s) {
		return
	}
	by := ""
	switch s := s.(type) {
	case *ast.AssignStmt:
		by = f.used(s)
		f.step(fits, s, s.TokPos, s.Tok)
	case *ast.IncDecStmt:
		f.step(fits, s, s.TokPos, s.Tok)
	case *ast.ReturnStmt:
		fits = statement
	}
	if by != f.text(s) {
		f.add(fits, s.Pos(), s.End(), by, shown(f.text(s))+" → nothing")
	}
}

// removable reports whether a statement can be removed.
func removable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ExprStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SendStmt, *ast.BranchStmt:
		return true
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE
	case *ast.ReturnStmt:
		return s.Results == nil
	}
	return false
}

// used assigns both sides of an assignment to blanks, so that its variables are still used; but not literals, which
// may have no type.
func (f *finder) used(s *ast.AssignStmt) string {
	sides, blanks := s.Rhs, len(s.Lhs)
	if len(s.Lhs) == len(s.Rhs) {
		sides = slices.DeleteFunc(append(slices.Clone(s.Lhs), s.Rhs...), func(e ast.Expr) bool {
			name, ok := e.(*ast.Ident)
			_, literal := e.(*ast.BasicLit)
			return literal || ok && (name.Name == "_" || name.Name == "nil")
		})
		blanks = len(sides)
	}
	if blanks == 0 {
		return ""
	}
	texts := make([]string, len(sides))
	for i, side := range sides {
		texts[i] = f.text(side)
	}
	return strings.TrimSuffix(strings.Repeat("_, ", blanks), ", ") + " = " + strings.Join(texts, ", ")
}

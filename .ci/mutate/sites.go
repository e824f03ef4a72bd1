package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// change is a change of the source that can be switched on.
type change struct {
	id     int
	pkg    string // import path
	file   string
	line   int
	fn     string // the function, "" outside of any
	what   string // the kind of change
	source string // the changed source, on one line
}

// String formats a change for output.
func (c change) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", c.file, c.line, c.what, c.source)
}

// insertion is text to insert into a file.
type insertion struct {
	at      int // offset
	text    string
	closes  bool
	of, end int // the span that it opens or closes
}

// finder finds the changes of one file and the insertions that compile them in.
type finder struct {
	src   *source
	file  *ast.File
	path  string
	next  int // id
	found []change
	put   []insertion
	stack []ast.Node
}

// find traverses the file.
func (f *finder) find() {
	ast.Inspect(f.file, func(n ast.Node) bool {
		if n == nil {
			f.stack = f.stack[:len(f.stack)-1]
			return true
		}
		f.visit(n)
		f.stack = append(f.stack, n)
		return true
	})
}

func (f *finder) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.IfStmt:
		f.condition(n.Cond)
	case *ast.BinaryExpr:
		f.operands(n)
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CaseClause:
		f.statements(n.Body)
		f.cases(n)
	case *ast.CommClause:
		f.statements(n.Body)
	case *ast.ReturnStmt:
		f.results(n)
	case *ast.CompositeLit:
		f.entries(n)
	}
}

// add records a change of a node; before and after are inserted around the node.
func (f *finder) add(n ast.Node, what string, before, after string) {
	f.around(n, before, after)
	f.take(n, what)
}

func (f *finder) around(n ast.Node, before, after string) {
	of, end := f.offset(n.Pos()), f.offset(n.End())
	f.put = append(f.put, insertion{of, before, false, of, end}, insertion{end, after, true, of, end})
}

func (f *finder) take(n ast.Node, what string) {
	text := strings.Join(strings.Fields(string(f.src.text[f.path][f.offset(n.Pos()):f.offset(n.End())])), " ")
	if len(text) > 120 {
		text = text[:120] + "..."
	}
	f.found = append(f.found, change{
		id: f.next, pkg: f.src.ImportPath, file: f.path, line: f.src.fset.Position(n.Pos()).Line, fn: f.function(), what: what, source: text,
	})
	f.next++
}

func (f *finder) offset(p token.Pos) int { return f.src.fset.Position(p).Offset }

func (f *finder) function() string {
	for _, n := range slices.Backward(f.stack) {
		if d, ok := n.(*ast.FuncDecl); ok {
			return d.Name.Name
		}
	}
	return ""
}

// isBool reports whether e is of type bool and not constant.
func (f *finder) isBool(e ast.Expr) bool {
	tv := f.src.info.Types[e]
	b, ok := tv.Type.(*types.Basic)
	return ok && tv.Value == nil && (b.Kind() == types.Bool || b.Kind() == types.UntypedBool)
}

func (f *finder) condition(e ast.Expr) {
	if f.isBool(e) {
		f.add(e, "negated", fmt.Sprintf("(mutated.On(%d) != (", f.next), "))")
	}
}

// operands drops each operand of a chain of && or ||.
func (f *finder) operands(n *ast.BinaryExpr) {
	if n.Op != token.LAND && n.Op != token.LOR || !f.isBool(n) {
		return
	}
	if up, ok := f.parent().(*ast.BinaryExpr); ok && up.Op == n.Op && up.X == n {
		return // n is part of a longer chain
	}
	for _, e := range chain(n, n.Op) {
		after := fmt.Sprintf(" || mutated.On(%d))", f.next)
		if n.Op == token.LOR {
			after = fmt.Sprintf(" && !mutated.On(%d))", f.next)
		}
		if f.isBool(e) {
			f.add(e, fmt.Sprintf("dropped from %s", n.Op), "(", after)
		}
	}
}

func (f *finder) parent() ast.Node {
	if len(f.stack) == 0 {
		return nil
	}
	return f.stack[len(f.stack)-1]
}

func chain(e ast.Expr, op token.Token) []ast.Expr {
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op == op {
		return append(chain(b.X, op), b.Y)
	}
	return []ast.Expr{e}
}

func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		if removable(s) {
			f.add(s, "removed", fmt.Sprintf("if !mutated.On(%d) { ", f.next), " }")
		}
	}
}

func removable(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ExprStmt:
		return !endsOrLocks(s.X)
	case *ast.DeferStmt:
		return !endsOrLocks(s.Call)
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE && !slices.ContainsFunc(s.Lhs, isBlank)
	case *ast.IncDecStmt, *ast.GoStmt, *ast.SendStmt:
		return true
	}
	return false
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

func endsOrLocks(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	name := ""
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		name = fun.Name
	case *ast.SelectorExpr:
		name = fun.Sel.Name
	}
	return slices.Contains([]string{"panic", "Lock", "Unlock", "RLock", "RUnlock"}, name)
}

// results negates boolean results, and drops errors.
func (f *finder) results(n *ast.ReturnStmt) {
	sig := f.signature()
	if sig == nil || sig.Results().Len() != len(n.Results) {
		return
	}
	for i, e := range n.Results {
		switch t := sig.Results().At(i).Type(); {
		case types.Identical(t, types.Typ[types.Bool]) && f.isBool(e):
			f.condition(e)
		case types.Identical(t, types.Universe.Lookup("error").Type()) && !f.src.info.Types[e].IsNil():
			f.add(e, "returned as nil", fmt.Sprintf("mutated.Err(%d, ", f.next), ")")
		}
	}
}

// signature returns the signature of the innermost function.
func (f *finder) signature() *types.Signature {
	for _, n := range slices.Backward(f.stack) {
		switch n := n.(type) {
		case *ast.FuncLit:
			sig, _ := f.src.info.Types[n].Type.(*types.Signature)
			return sig
		case *ast.FuncDecl:
			sig, _ := f.src.info.Defs[n.Name].Type().(*types.Signature)
			return sig
		}
	}
	return nil
}

// cases removes the strings and conditions of a case.
func (f *finder) cases(n *ast.CaseClause) {
	for _, e := range n.List {
		tv := f.src.info.Types[e]
		if tv.Type == nil || tv.IsType() || tv.IsNil() {
			continue
		}
		_, literal := e.(*ast.BasicLit)
		named := tv.Type != types.Typ[types.String] && tv.Type != types.Typ[types.UntypedString]
		switch b, ok := tv.Type.Underlying().(*types.Basic); {
		case ok && b.Info()&types.IsString != 0 && !(literal && named):
			f.add(e, "removed from the case", fmt.Sprintf("mutated.Text(%d, ", f.next), ")")
		case f.isBool(e):
			f.condition(e)
		}
	}
}

// mostEntries is the length up to which the entries of a list are changed.
const mostEntries = 200

// entries removes each entry of a list or map.
func (f *finder) entries(n *ast.CompositeLit) {
	if u, ok := f.parent().(*ast.UnaryExpr); ok && u.Op == token.AND || n.Type == nil || len(n.Elts) == 0 || len(n.Elts) > mostEntries {
		return
	}
	switch f.src.info.Types[n].Type.Underlying().(type) {
	case *types.Slice:
		if slices.ContainsFunc(n.Elts, isPair) {
			return
		}
		f.around(n, fmt.Sprintf("mutated.List(%d, ", f.next), ")")
	case *types.Map:
		var keys strings.Builder
		for _, e := range n.Elts {
			k := e.(*ast.KeyValueExpr).Key
			if c, ok := k.(*ast.CompositeLit); ok && c.Type == nil {
				return
			}
			keys.WriteString(", " + string(f.src.text[f.path][f.offset(k.Pos()):f.offset(k.End())]))
		}
		f.around(n, fmt.Sprintf("mutated.Map(%d, ", f.next), keys.String()+")")
	default:
		return
	}
	for _, e := range n.Elts {
		f.take(e, "removed from the list")
	}
}

func isPair(e ast.Expr) bool {
	_, ok := e.(*ast.KeyValueExpr)
	return ok
}

// rewritten returns the file with all changes compiled in.
func (f *finder) rewritten(importPath string) []byte {
	name := f.file.Name
	put := append(f.put, insertion{at: f.offset(name.End()), text: "; import mutated " + fmt.Sprintf("%q", importPath), of: -1, end: 1 << 30})
	slices.SortStableFunc(put, func(a, b insertion) int {
		switch {
		case a.at != b.at:
			return a.at - b.at
		case a.closes != b.closes:
			if a.closes {
				return -1
			}
			return 1
		case a.closes:
			return b.of - a.of // inner first
		}
		return b.end - a.end // outer first
	})
	var out []byte
	text, from := f.src.text[f.path], 0
	for _, p := range put {
		out = append(append(out, text[from:p.at]...), p.text...)
		from = p.at
	}
	return append(out, text[from:]...)
}

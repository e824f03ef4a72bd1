package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The limits of a package without its tests.
const (
	maxFiles     = 25
	maxLines     = 2500
	maxCoreLines = 3500 // of core, which holds the decision
	maxMethods   = 40   // of a type, unexported ones included
	maxFuncLines = 60   // from the signature to the closing brace
)

// TestHouse_size: packages, types and functions stay small. If a package exceeds its limit,
// move one of its duties to a package of its own.
func TestHouse_size(t *testing.T) {
	for _, p := range list(t, "./...") {
		name := strings.TrimPrefix(p.ImportPath, module)
		s := sizeOf(t, filepath.Join("../..", name))
		limit := maxLines
		if name == "core" {
			limit = maxCoreLines
		}
		if s.files > maxFiles || s.lines > limit {
			t.Errorf("%s has %d files with %d lines, must have at most %d with %d", name, s.files, s.lines, maxFiles, limit)
		}
		for typ, n := range s.methods {
			isStore := strings.HasPrefix(name, "core/store/") && typ == "Store" // the interface decides
			if n > maxMethods && !isStore {
				t.Errorf("%s: type %s has %d methods, must have at most %d", name, typ, n, maxMethods)
			}
		}
		for function, n := range s.functions {
			if n > maxFuncLines {
				t.Errorf("%s has %d lines, must have at most %d", function, n, maxFuncLines)
			}
		}
	}
}

// size holds the counts of a package.
type size struct {
	files, lines int
	methods      map[string]int // by type
	functions    map[string]int // lines, by position and name
}

func sizeOf(t *testing.T, dir string) size {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	s := size{methods: map[string]int{}, functions: map[string]int{}}
	for _, path := range paths {
		if !strings.HasSuffix(path, "_test.go") {
			s.count(t, path)
		}
	}
	return s
}

func (s *size) count(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s.files++
	s.lines += bytes.Count(text, []byte("\n"))
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		begin := set.Position(f.Pos())
		s.functions[begin.String()+" "+f.Name.Name] = set.Position(f.End()).Line - begin.Line + 1
		if f.Recv != nil {
			s.methods[receiver(f.Recv.List[0].Type)]++
		}
	}
}

// receiver returns the name of a method's type.
func receiver(x ast.Expr) string {
	for {
		switch typ := x.(type) {
		case *ast.StarExpr:
			x = typ.X
		case *ast.IndexExpr:
			x = typ.X
		case *ast.IndexListExpr:
			x = typ.X
		case *ast.Ident:
			return typ.Name
		default:
			return ""
		}
	}
}

// TestHouse_sizeCounts: the count includes what it should.
func TestHouse_sizeCounts(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.go", "package a\n\ntype T[X any] struct{}\n\nfunc (T[X]) a() {}\nfunc (t *T[X]) b() {\n}\n")
	write("b.go", "package a\n\nfunc long() {\n"+strings.Repeat("\tlong()\n", maxFuncLines)+"}\n")
	write("a_test.go", "package a\n\nfunc (T[X]) c() {}\n")
	s := sizeOf(t, dir)
	if s.files != 2 || s.lines != 7+3+maxFuncLines+1 || s.methods["T"] != 2 {
		t.Errorf("got %d files, %d lines, methods %v", s.files, s.lines, s.methods)
	}
	longest := 0
	for _, n := range s.functions {
		longest = max(longest, n)
	}
	if longest != maxFuncLines+2 {
		t.Errorf("the longest function has %d lines, want %d", longest, maxFuncLines+2)
	}
}

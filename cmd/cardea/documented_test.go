package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestHouse_documented: every package has a package comment in doc.go (a command may have
// it elsewhere), and every exported name a comment.
func TestHouse_documented(t *testing.T) {
	for _, p := range list(t, "./...") {
		checkDocumented(t, filepath.Join("../..", strings.TrimPrefix(p.ImportPath, module)))
	}
}

func checkDocumented(t *testing.T, dir string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	said, command := false, false
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		command = file.Name.Name == "main"
		said = said || file.Doc != nil && (command || filepath.Base(path) == "doc.go")
		for _, d := range file.Decls {
			for _, at := range undocumented(d) {
				if !command {
					t.Errorf("%s: %s is exported and has no comment", set.Position(at.Pos()), at.Name)
				}
			}
		}
	}
	if !said {
		t.Errorf("%s has no doc.go that says what it is", dir)
	}
}

// undocumented returns the exported names of a declaration without a comment. In a group,
// a comment above the group is enough.
func undocumented(d ast.Decl) []*ast.Ident {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) {
			return []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		if d.Doc == nil {
			return bareSpecs(d.Specs)
		}
	}
	return nil
}

func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	typ := f.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}

func bareSpecs(specs []ast.Spec) (list []*ast.Ident) {
	for _, s := range specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Doc == nil && s.Name.IsExported() {
				list = append(list, s.Name)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if s.Doc == nil && s.Comment == nil && name.IsExported() {
					list = append(list, name)
				}
			}
		}
	}
	return list
}

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/dialect/all"
)

// TestHouse_dialects: no package of the server outside server/dialect has the name of a
// dialect in a string or tag: lists map names to dialects, and other code asks what a
// dialect can do.
func TestHouse_dialects(t *testing.T) {
	var names []string
	for name := range all.Types() {
		names = append(names, name)
	}
	slices.Sort(names)
	plain := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == "native" }) // which is an English word, too
	named := regexp.MustCompile(`\b(` + strings.Join(plain, "|") + `)\b|^"(` + strings.Join(names, "|") + `)"$`)
	seen := 0
	err := filepath.WalkDir("../../server", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path == "../../server/dialect" {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		seen++
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if _, ok := n.(*ast.ImportSpec); ok {
				return false
			}
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING && named.MatchString(text.Value) {
				t.Errorf("%s names a dialect: %.200s", fset.Position(text.Pos()), text.Value)
			}
			return true
		})
		return nil
	})
	if err != nil || seen < 100 {
		t.Fatalf("looked at %d files: %v", seen, err)
	}
}

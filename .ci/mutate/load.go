package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// listed is the go command's description of a package.
type listed struct {
	ImportPath, Dir, Export, Name string

	Module                    *struct{ Path, Dir string }
	GoFiles                   []string
	TestGoFiles, XTestGoFiles []string
	Imports                   []string
	TestImports, XTestImports []string
	DepOnly                   bool
}

// list runs the go command for packages and their imports.
func list(patterns []string) (map[string]*listed, error) {
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,Name,Module,GoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports,DepOnly"}, patterns...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	all := map[string]*listed{}
	for dec := json.NewDecoder(out); ; {
		p := &listed{}
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
	return all, cmd.Wait()
}

// source is a package with its types.
type source struct {
	*listed
	fset  *token.FileSet
	files map[string]*ast.File // by path
	text  map[string][]byte
	info  *types.Info
}

// load parses a package and type-checks it.
func load(p *listed, all map[string]*listed) (*source, error) {
	s := &source{listed: p, fset: token.NewFileSet(), files: map[string]*ast.File{}, text: map[string][]byte{}}
	var parsed []*ast.File
	for _, name := range p.GoFiles {
		path := filepath.Join(p.Dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(s.fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		s.files[path], s.text[path], parsed = f, text, append(parsed, f)
	}
	s.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}}
	lookup := func(path string) (io.ReadCloser, error) {
		d, ok := all[path]
		if !ok || d.Export == "" {
			return nil, fmt.Errorf("%s was not compiled", path)
		}
		return os.Open(d.Export)
	}
	c := types.Config{Importer: importer.ForCompiler(s.fset, "gc", lookup), Sizes: types.SizesFor("gc", "amd64")}
	_, err := c.Check(p.ImportPath, s.fset, parsed, s.info)
	return s, err
}

package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

//go:embed switch.go.txt
var switchSource []byte

// switchPackage is the path, in the module, of the package that switches changes on.
const switchPackage = "internal/mutated"

// overlay writes the rewritten files to dir. It returns the overlay file for the go
// command, and all changes.
func overlay(dir string, sources []*source) (file string, all []change, err error) {
	module := sources[0].Module
	replace := map[string]string{}
	write := func(path string, text []byte) {
		to := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		err = errors.Join(err, os.WriteFile(to, text, 0o600))
		replace[path] = to
	}
	write(filepath.Join(module.Dir, switchPackage, "mutated.go"), switchSource)
	for _, s := range sources {
		for _, name := range s.GoFiles {
			path := filepath.Join(s.Dir, name)
			f := &finder{src: s, file: s.files[path], path: path, next: len(all)}
			if f.find(); len(f.found) > 0 {
				write(path, f.rewritten(module.Path+"/"+switchPackage))
			}
			for i := range f.found {
				f.found[i].file, _ = filepath.Rel(module.Dir, path)
			}
			all = append(all, f.found...)
		}
	}
	text, jsonErr := json.Marshal(map[string]any{"Replace": replace})
	file = filepath.Join(dir, "overlay.json")
	return file, all, errors.Join(err, jsonErr, os.WriteFile(file, text, 0o600))
}

// tests is a compiled test binary.
type tests struct {
	pkg, dir, binary string
}

// build compiles the tests of packages.
func build(dir, overlay string, pkgs []*listed) (list []tests, err error) {
	args := []string{"test", "-c", "-overlay", overlay, "-vet=off", "-o", dir + string(filepath.Separator)}
	for i, p := range pkgs {
		binary := filepath.Join(dir, fmt.Sprintf("%d.test", i))
		list = append(list, tests{p.ImportPath, p.Dir, binary})
	}
	var wait sync.WaitGroup
	errs, room := make([]error, len(list)), make(chan struct{}, 2)
	for i, t := range list {
		room <- struct{}{}
		wait.Go(func() {
			defer func() { <-room }()
			out, err := exec.Command("go", append(args[:len(args)-1:len(args)-1], t.binary, t.pkg)...).CombinedOutput()
			if err != nil {
				errs[i] = fmt.Errorf("compile the tests of %s: %w\n%s", t.pkg, err, strings.TrimSpace(string(out)))
			}
		})
	}
	wait.Wait()
	return list, errors.Join(errs...)
}

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sample is a module whose tests detect some of the mutations.
var sample = map[string]string{
	"go.mod": "module sample.example/m\n\ngo 1.25\n",
	"m.go": `package m

import "errors"

var errOdd = errors.New("odd")

type name string

func list() []string { return []string{"a", "b"} }

func table() map[string]int { return map[string]int{"x": 1, "y": 2} }

func both(a, b bool) bool { return a && b }

func half(n int) (int, error) {
	if n%2 == 1 {
		return 0, errOdd
	}
	n /= 2
	return n, nil
}

func known(s name) int {
	switch s {
	case name("p"), name("q"):
		return 1
	}
	return 0
}

func idle(n *int) {
	*n++
}
`,
	"m_test.go": `package m

import "testing"

func TestAll(t *testing.T) {
	if l := list(); len(l) == 0 || l[0] != "a" {
		t.Error(l)
	}
	if table()["x"] != 1 || both(true, false) || !both(true, true) || known("p") != 1 {
		t.Error("wrong")
	}
	if n, err := half(4); n != 2 || err != nil {
		t.Error(n, err)
	}
	if _, err := half(3); err == nil {
		t.Error("no error")
	}
}
`,
}

// TestMeasure finds every kind of mutation in the sample, and those that its test misses.
func TestMeasure(t *testing.T) {
	dir := t.TempDir()
	for name, text := range sample {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("GOFLAGS", "-mod=mod")
	known := filepath.Join(dir, "known.txt")
	if err := os.WriteFile(known, []byte("m.go: list: removed from the list: \"b\" # nobody asks for it\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := measure(&out, config{workers: 2, known: known, enough: time.Second, verbose: true}, []string{"./..."}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`noticed        m.go:9: removed from the list: "a"`,
		`no difference  m.go:9: removed from the list: "b" (nobody asks for it)`,
		`noticed        m.go:11: removed from the list: "x": 1`,
		`not noticed    m.go:11: removed from the list: "y": 2 (table, 1 tests reach it)`,
		`not reached    m.go:13: dropped from &&: a`,
		`noticed        m.go:13: dropped from &&: b`,
		`noticed        m.go:13: negated: a && b`,
		`noticed        m.go:16: negated: n%2 == 1`,
		`noticed        m.go:17: returned as nil: errOdd`,
		`noticed        m.go:19: removed: n /= 2`,
		`noticed        m.go:25: removed from the case: name("p")`,
		`not reached    m.go:25: removed from the case: name("q")`,
		`not reached    m.go:32: removed: *n++`,
		` 66.7%    8 of  12  in all; 1 more make no difference`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no line %q", want)
		}
	}
	if t.Failed() {
		t.Logf("\n%s", out.String())
	}
}

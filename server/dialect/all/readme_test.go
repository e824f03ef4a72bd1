package all

import (
	"bytes"
	"compress/gzip"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// set is a set of codes.
type set map[string]bool

func (s set) add(list ...string) {
	for _, code := range list {
		s[code] = true
	}
}

// TestReadme_codes: the tables of README.md have each code that a dialect can answer with,
// and no other. The truth is the source of each dialect, and what its plugin was recorded to
// answer.
func TestReadme_codes(t *testing.T) {
	tables := readTables(t)
	const shared = "Any WordPress dialect"
	common := sourceCodes(t, "..", "../../wordpress")
	recorded := set{} // by any plugin: the routes of WordPress are behind each
	for _, name := range []string{"wpjwt", "wpjwtpro", "usefulteam", "cocart", "miniorange"} {
		ours, theirs := sourceCodes(t, "../"+name), recordedCodes(t, "../"+name)
		maps.Copy(recorded, theirs)
		listed := maps.Clone(tables[name])
		if name == "cocart" { // one package has both versions
			maps.Copy(listed, tables["cocart1"])
		}
		for _, code := range slices.Sorted(maps.Keys(ours)) {
			if !listed[code] {
				t.Errorf("%s: %s is in the source and not in README.md", name, code)
			}
		}
		for _, code := range slices.Sorted(maps.Keys(theirs)) {
			if !listed[code] && !tables[shared][code] {
				t.Errorf("%s: %s was recorded and is not in README.md", name, code)
			}
		}
		for _, code := range slices.Sorted(maps.Keys(listed)) {
			if !ours[code] && !theirs[code] {
				t.Errorf("%s: README.md lists %s, which is neither in the source nor recorded", name, code)
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(tables[shared])) {
		if !common[code] && !recorded[code] {
			t.Errorf("README.md lists %s, which is neither in the source nor recorded", code)
		}
	}
	compareCodes(t, shared, tables[shared], common, set{})
	native := reasons(t)
	compareCodes(t, "native", tables["native"], native, native)
	if want := append([]string{shared}, slices.Sorted(maps.Keys(Types()))...); !slices.Equal(slices.Sorted(maps.Keys(tables)), slices.Sorted(slices.Values(want))) {
		t.Errorf("README.md has tables for %v, want %v", slices.Sorted(maps.Keys(tables)), want)
	}
}

// compareCodes wants all of must, and nothing outside of may unless that is empty.
func compareCodes(t *testing.T, name string, listed, must, may set) {
	t.Helper()
	for _, code := range slices.Sorted(maps.Keys(must)) {
		if !listed[code] {
			t.Errorf("%s: %s is in the source and not in README.md", name, code)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(listed)) {
		if len(may) > 0 && !may[code] {
			t.Errorf("%s: README.md lists %s, which is not in the source", name, code)
		}
	}
}

var row = regexp.MustCompile("^\\| `([^`]+)` \\| [0-9, ]+ \\| .*[a-z].* \\|$")

// readTables returns the codes of each table, by its heading.
func readTables(t *testing.T) map[string]set {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	tables, heading := map[string]set{}, ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if name, ok := strings.CutPrefix(line, "## "); ok {
			heading = name
		}
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		m := row.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("README.md: %q is not a row with a code, a status and what to do", line)
			continue
		}
		if tables[heading] == nil {
			tables[heading] = set{}
		}
		tables[heading].add(m[1])
	}
	return tables
}

// code is the form of the codes of WordPress and its plugins.
var code = regexp.MustCompile(`^(jwt_auth|cocart|rest)_[a-z0-9_]*[a-z0-9]$|^(empty|invalid|incorrect|authentication)_(username|password|email|failed)$|^internal_server_error$|^[A-Z]{3,}(_[A-Z]+)+$|^(UNAUTHORIZED|CHALLENGE|FORBIDDEN|Restricted)$`)

// noCodes have the form of a code and are something else.
var noCodes = set{"rest_route": true, "PUBLIC_KEY": true}

// sourceCodes returns the texts in Go packages that are codes.
func sourceCodes(t *testing.T, dirs ...string) set {
	t.Helper()
	list := set{}
	inspect(t, dirs, func(n ast.Node) {
		if text := literal(n); code.MatchString(text) && !noCodes[text] {
			list.add(text)
		}
	})
	return list
}

// inspect visits the syntax of Go files, or of those in a directory.
func inspect(t *testing.T, places []string, visit func(ast.Node)) {
	t.Helper()
	for _, dir := range places {
		if filepath.Ext(dir) != ".go" {
			dir += "/*.go"
		}
		paths, err := filepath.Glob(dir)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(paths), err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "client.go" {
				continue // describes clients, with codes of the plugins
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				visit(n)
				return true
			})
		}
	}
}

func literal(n ast.Node) string {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return text
}

// answered finds the code in a recorded answer.
var answered = regexp.MustCompile(`"(?:code|error)": ?"(?:\[jwt_auth\] )?([A-Za-z_]+)"`)

// recordedCodes returns the codes in a dialect's recordings.
func recordedCodes(t *testing.T, dir string) set {
	t.Helper()
	list := set{}
	paths, err := filepath.Glob(dir + "/testdata/*.*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s has no recordings: %v", dir, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err == nil && filepath.Ext(path) == ".gz" {
			text, err = unzipped(text)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range answered.FindAllSubmatch(text, -1) {
			list.add(string(m[1]))
		}
	}
	return list
}

func unzipped(data []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// reasons returns the codes of Cardea itself: the classes and reasons of package api, and
// those that the front ends and the native dialect add.
func reasons(t *testing.T) set {
	t.Helper()
	list := set{}
	inspect(t, []string{"../../../core/api/error.go"}, func(n ast.Node) {
		if s, ok := n.(*ast.ValueSpec); ok && len(s.Values) == 1 {
			typ, _ := s.Type.(*ast.Ident)
			if strings.HasPrefix(s.Names[0].Name, "Reason") || typ != nil && typ.Name == "Code" {
				list.add(literal(s.Values[0]))
			}
		}
	})
	inspect(t, []string{"../native", "../../httpauth", "../../gateway", "../../cors"}, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.CallExpr:
			list.add(literal(argument(n)))
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Reason" {
				list.add(literal(n.Value))
			}
		case *ast.AssignStmt:
			if s, ok := n.Lhs[0].(*ast.SelectorExpr); ok && s.Sel.Name == "code" {
				list.add(literal(n.Rhs[0]))
			}
		}
	})
	delete(list, "")
	return list
}

// argument returns the code among the arguments of a call that makes a refusal, or nil.
func argument(call *ast.CallExpr) ast.Node {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	from, ok := s.X.(*ast.Ident)
	switch {
	case !ok:
		return nil
	case from.Name == "api" && (s.Sel.Name == "E" || s.Sel.Name == "Wrap") && len(call.Args) > 1:
		return call.Args[1]
	case from.Name == "httpauth" && s.Sel.Name == "Answer" && len(call.Args) > 2:
		return call.Args[2]
	}
	return nil
}

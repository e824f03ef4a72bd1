package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// root is the module's directory, relative to this package.
const root = "../.."

// edit replaces a text that occurs once in a file.
type edit struct{ file, old, new string }

// after adds lines after a line that occurs once in a file.
func after(file, line, add string) edit { return edit{file, line + "\n", line + "\n" + add + "\n"} }

// suite runs the tests of a package that match a pattern; with update they write their
// golden files first.
type suite struct {
	pkg, pattern string
	update       bool
}

// addition is an extension that a contributor may add.
type addition struct {
	what  string // the first cell of its row in CONTRIBUTING.md
	name  string // of the sample, called NAME in the row
	dir   string // directory of its new files, below testdata/rehearsal; "" if none
	edits []edit

	generate bool // what make generate writes
	suites   []suite
}

func additions() []addition {
	return []addition{
		{
			what: "an auth method", name: "porter", dir: "method",
			edits: []edit{
				after("methods/all/all.go", `	"`+module+`methods/jwt"`, `	"`+module+`methods/porter"`),
				after("methods/all/all.go", `		"jwt":    jwt.Config{},`, `		"porter": porter.Config{},`),
			},
			suites: []suite{{"methods/porter", ".", false}, {"methods/all", ".", false}, {"server/config", "^TestSchema$", true}},
		},
		{
			what: "a dialect", name: "echo", dir: "dialect",
			edits: []edit{
				after("server/dialect/all/all.go", `	"`+module+`server/dialect/cocart"`, `	"`+module+`server/dialect/echo"`),
				after("server/dialect/all/all.go", `		"cocart1":    cocart.FirstConfig{},`, `		"echo":       echo.Config{},`),
			},
			suites: []suite{{"server/dialect/echo", ".", false}, {"server/config", "^TestSchema$", true}},
		},
		hookPoint(),
		{
			what: "a command", name: "hello", dir: "command",
			edits: []edit{
				after("server/cli/root.go", `	root.AddCommand(`, `		newHello(),`),
				after("server/cli/readonly_test.go", `		"token issue", "token revoke", "keys rotate", "keys revoke", "serve", "dev", "quickstart",`, `		"hello",`),
			},
			suites: []suite{{"server/cli", "^(TestHello|TestCommands_sorted)$", false}},
		},
		{
			what: "a setting", name: "apikey",
			edits: []edit{
				after("methods/apikey/apikey.go", `type Config struct {`, "\tRealm string `yaml:\"realm\" default:\"cardea\" doc:\"The realm of the challenge.\"`"),
				{"methods/apikey/apikey.go", "return `ApiKey realm=\"cardea\"`", "return `ApiKey realm=\"` + cmp.Or(m.cfg.Realm, \"cardea\") + `\"`"},
			},
			suites: []suite{{"methods/apikey", ".", false}, {"server/config", "^TestSchema$", true}},
		},
		{
			what: "a store", name: "counting", dir: "store",
			edits: []edit{after("cmd/cardea/house_test.go", `	{of: "core/store/memory", cardea: []string{"core/api", "core/session", "core/store"}},`,
				`	{of: "core/store/counting", cardea: []string{"core/api", "core/session", "core/store"}},`)},
			suites: []suite{{"core/store/counting", ".", false}},
		},
	}
}

// hookPoint adds a point that runs after a login is accepted.
func hookPoint() addition {
	call := "\tif _, err := p.Hooks.LoginGreeting.Apply(ctx, point.Greeting{Identity: id}); err != nil {\n\t\treturn api.Identity{}, err\n\t}"
	return addition{
		what: "a hook point", name: "greeting", dir: "point", generate: true,
		edits: []edit{
			after("core/point/hooks.go", "\tSessionLimit *hooks.Filter[SessionLimit] `point:\"session-limit\"`",
				"\t// LoginGreeting runs when a login was accepted. May refuse it.\n\tLoginGreeting *hooks.Filter[Greeting] `point:\"login-greeting\"`"),
			after("core/point/values.go", "\tEnd      []string     `key:\"end,write\"`\n}",
				"\n// Greeting is what login-greeting sees.\ntype Greeting struct {\n\tIdentity api.Identity `key:\"user\"`\n}"),
			after("core/internal/login/login.go", `	e.Events.Fire(ctx, p.Hooks.LoginSucceeded, point.Event{Identity: id, Dialect: r.Dialect, Peer: r.Peer})`, call),
		},
		suites: []suite{{"core", "^(TestLoginGreeting|TestPoints_golden)$", true}, {"plugins/abi", "^TestReadme$", true}},
	}
}

// TestRehearsal makes each addition in a scratch copy of the changed files, which go build
// reads through an overlay. Then it compares the changed files with the table in
// CONTRIBUTING.md.
func TestRehearsal(t *testing.T) {
	rows := readRows(t)
	for _, a := range additions() {
		t.Run(a.what, func(t *testing.T) {
			s := &scratch{t: t, dir: t.TempDir(), files: map[string]bool{}}
			s.perform(a)
			row, ok := rows[a.what]
			if !ok {
				t.Fatalf("CONTRIBUTING.md has no row for %s", a.what)
			}
			s.compare(a, row)
		})
		delete(rows, a.what)
	}
	for what := range rows {
		t.Errorf("no rehearsal covers what CONTRIBUTING.md says of %s", what)
	}
}

// scratch is a copy of the module's files that an addition changes.
type scratch struct {
	t     *testing.T
	dir   string
	files map[string]bool // by their paths in the module
	lines int             // added, but for what is generated
}

func (s *scratch) perform(a addition) {
	s.t.Helper()
	if a.dir != "" {
		s.copyNew(filepath.Join("testdata/rehearsal", a.dir))
	}
	for _, e := range a.edits {
		s.edit(e)
	}
	if a.generate {
		s.generate()
	}
	s.check()
	for _, x := range a.suites {
		s.run(x)
	}
}

// copyNew adds all files below dir.
func (s *scratch) copyNew(dir string) {
	s.t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		s.lines += bytes.Count(text, []byte("\n"))
		s.write(filepath.ToSlash(name), text)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// read returns a file of the copy.
func (s *scratch) read(file string) string {
	s.t.Helper()
	dir := root
	if s.files[file] {
		dir = s.dir
	}
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func (s *scratch) write(file string, text []byte) {
	s.t.Helper()
	path := filepath.Join(s.dir, file)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.files[file] = true
}

func (s *scratch) edit(e edit) {
	s.t.Helper()
	text := s.read(e.file)
	if strings.Count(text, e.old) != 1 {
		s.t.Fatalf("%s has not once %q any more", e.file, e.old)
	}
	before := strings.Split(e.old, "\n")
	for line := range strings.SplitSeq(e.new, "\n") {
		if !slices.Contains(before, line) {
			s.lines++
		}
	}
	s.write(e.file, []byte(strings.Replace(text, e.old, e.new, 1)))
}

// generate runs the generator in the copy, as make generate does.
func (s *scratch) generate() {
	s.t.Helper()
	tool := filepath.Join(s.dir, "generate")
	s.command(root, "go", "build", "-o", tool, "./core/point/internal/generate")
	s.lend("core/point/narrower.go")
	written := []string{"core/point/catalogue.go", "core/points.go", "plugins/abi/points.go"}
	for _, file := range written {
		s.lend(file)
	}
	s.command(s.dir, tool)
	s.keep(written...)
}

// lend copies a file that is only read, or that a program in the copy may write.
func (s *scratch) lend(file string) {
	s.t.Helper()
	if known := s.files[file]; !known {
		s.write(file, []byte(s.read(file)))
		delete(s.files, file)
	}
}

// keep marks those of the files that differ from the originals as changed.
func (s *scratch) keep(files ...string) {
	s.t.Helper()
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(s.dir, file))
		if err != nil {
			s.t.Fatal(err)
		}
		if string(text) != s.read(file) {
			s.files[file] = true
		}
	}
}

// overlay returns the flag that makes go read the copy instead of our files.
func (s *scratch) overlay() string {
	s.t.Helper()
	replace := map[string]string{}
	for file := range s.files {
		at, err := filepath.Abs(filepath.Join(root, file))
		if err != nil {
			s.t.Fatal(err)
		}
		replace[at] = filepath.Join(s.dir, file)
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(s.dir, "overlay.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return "-overlay=" + path
}

// check builds the packages with changed files and checks them against the import table. It
// does not use go vet, here or below, since vet works in the directory of each package, and
// new packages have none.
func (s *scratch) check() {
	s.t.Helper()
	dirs := map[string]bool{}
	for file := range s.files {
		if strings.HasSuffix(file, ".go") {
			dirs["./"+filepath.ToSlash(filepath.Dir(file))] = true
		}
	}
	pkgs := slices.Sorted(maps.Keys(dirs))
	s.command(root, "go", append([]string{"build", s.overlay()}, pkgs...)...)
	for _, p := range list(s.t, append([]string{s.overlay()}, pkgs...)...) {
		name := strings.TrimPrefix(p.ImportPath, module)
		r, ok := governing(name)
		if !ok && !s.files["cmd/cardea/house_test.go"] {
			s.t.Errorf("no row of the import table covers %s", name)
		}
		for _, path := range p.Imports {
			if ok && !allowed(r, path) {
				s.t.Errorf("the import table does not allow %s to import %s", name, path)
			}
		}
	}
}

// run runs a suite in the copy, which contains its golden files and may change them.
func (s *scratch) run(x suite) {
	s.t.Helper()
	lent := s.lendData(x.pkg)
	binary := filepath.Join(s.dir, "suite.test")
	s.command(root, "go", "test", "-c", "-vet=off", s.overlay(), "-o", binary, "./"+x.pkg)
	at := filepath.Join(s.dir, x.pkg)
	if x.update {
		s.command(at, binary, "-test.run", x.pattern, "-update")
		s.keep(lent...)
	}
	s.command(at, binary, "-test.run", x.pattern)
}

// lendData copies the files that the tests of a package read, and lists them.
func (s *scratch) lendData(pkg string) (files []string) {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(root, pkg, "testdata", "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, path := range append(found, filepath.Join(root, filepath.Dir(pkg), "README.md")) {
		if info, err := os.Stat(path); err != nil || info.IsDir() {
			continue
		}
		file, err := filepath.Rel(root, path)
		if err != nil {
			s.t.Fatal(err)
		}
		s.lend(filepath.ToSlash(file))
		files = append(files, filepath.ToSlash(file))
	}
	if err := os.MkdirAll(filepath.Join(s.dir, pkg), 0o700); err != nil {
		s.t.Fatal(err)
	}
	return files
}

func (s *scratch) command(dir, name string, args ...string) {
	s.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
}

// row is what CONTRIBUTING.md says about an addition: the files, with NAME for the sample's
// name and a directory for everything below it, and the maximum number of lines.
type row struct {
	files []string
	lines int
}

var (
	quoted   = regexp.MustCompile("`([^`]+)`")
	tableRow = regexp.MustCompile(`(?m)^\| (an? [a-z ]+) \| (.+) \| (\d+) \|$`)
)

func readRows(t *testing.T) map[string]row {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".github/CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]row{}
	for _, m := range tableRow.FindAllStringSubmatch(string(text), -1) {
		r := row{}
		for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
			if strings.Contains(q[1], "/") { // otherwise it is a name in the code
				r.files = append(r.files, q[1])
			}
		}
		if r.lines, err = strconv.Atoi(m[3]); err != nil {
			t.Fatal(err)
		}
		rows[m[1]] = r
	}
	return rows
}

// compare compares the changed files with the row.
func (s *scratch) compare(a addition, r row) {
	s.t.Helper()
	if s.lines > r.lines {
		s.t.Errorf("it takes %d lines, CONTRIBUTING.md says %d", s.lines, r.lines)
	}
	var touched []string
	for _, file := range slices.Sorted(maps.Keys(s.files)) {
		name := strings.ReplaceAll(file, a.name, "NAME")
		i := slices.IndexFunc(r.files, func(f string) bool { return f == name || strings.HasSuffix(f, "/") && strings.HasPrefix(name, f) })
		if i < 0 {
			s.t.Errorf("it takes %s, of which CONTRIBUTING.md says nothing", name)
			continue
		}
		touched = append(touched, r.files[i])
	}
	for _, f := range r.files {
		if !slices.Contains(touched, f) {
			s.t.Errorf("CONTRIBUTING.md names %s, which the rehearsal does not change", f)
		}
	}
	s.t.Logf("%d lines in %d files", s.lines, len(s.files))
}

package filename

import (
	"slices"
	"strings"
	"unicode"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Index holds the names of files and directories in the paths of rules. Nil has none. It is
// immutable and safe for concurrent use.
type Index struct {
	rules   *route.Table
	words   map[string]bool     // segments of paths
	longest int                 // size of the longest one, in bytes
	files   map[string][]string // names at the ends of paths, by what precedes an ending
	indexes map[string][]string // index files at the ends of paths, by the name of their directory
}

// anyName is the key of index files in any directory.
const anyName = "*"

// File is another path at which an application may serve what it serves at the path of a
// request, and the rule there, which names it.
type File struct {
	Path string
	Rule *route.Rule
}

// New returns the names in the rules of a table. scripts are the endings of programs, in
// lower case; without any, paths are taken as they are, and the result is nil.
func New(table *route.Table, rules []route.Rule, scripts []string) *Index {
	if len(scripts) == 0 {
		return nil
	}
	x := &Index{rules: table, words: map[string]bool{}, files: map[string][]string{}, indexes: map[string][]string{}}
	for _, r := range rules {
		segments := strings.Split(strings.TrimPrefix(r.Path, "/"), "/")
		for _, s := range segments {
			x.words[s], x.longest = true, max(x.longest, len(s))
		}
		below := segments[len(segments)-1] == "**"
		if below || segments[len(segments)-1] == "" {
			segments = segments[:len(segments)-1]
		}
		if len(segments) > 0 {
			x.add(segments, below, scripts)
		}
	}
	return x
}

// Indexes returns the part of x that has the index files of directories alone.
func (x *Index) Indexes() *Index {
	if x == nil {
		return nil
	}
	return &Index{rules: x.rules, indexes: x.indexes}
}

// add adds the name that a rule's path ends with. Only a program has paths below it.
func (x *Index) add(segments []string, below bool, scripts []string) {
	last := len(segments) - 1
	name := segments[last]
	program := isScript(name, scripts)
	for i, c := range name {
		if c == '.' && i > 0 && (program || !below) {
			x.files[name[:i]] = appendNew(x.files[name[:i]], name)
		}
	}
	if !isIndex(name, scripts) {
		return
	}
	directory := ""
	if last > 0 {
		directory = segments[last-1]
	}
	if directory == "**" {
		directory = anyName
	}
	x.indexes[directory] = appendNew(x.indexes[directory], name)
}

// Of returns the other files of a request that a rule decides, with forms of its path: those
// whose own rule for the method differs. If rules name none, nothing is allocated.
func (x *Index) Of(a *api.Attempt, rule *route.Rule, forms []string) (out []File) {
	paths, host := x.of(a, rule, forms)
	if len(paths) == 0 {
		return nil
	}
	own, _ := x.rules.Match(host, a.Method, a.Path)
	for _, path := range paths {
		if r, ok := x.ruleFor(host, a.Method, path); ok && r != own {
			out = append(out, File{path, r})
		}
	}
	return out
}

// StricterByMethod reports whether the rule for such a file is stricter than that of the
// request, for some method.
func (x *Index) StricterByMethod(a *api.Attempt, rule *route.Rule, forms []string) bool {
	paths, host := x.of(a, rule, forms)
	return slices.ContainsFunc(paths, func(path string) bool {
		methods := append(x.rules.MethodsFor(host, path), "-") // "-": a method that no rule has
		return slices.ContainsFunc(methods, func(method string) bool {
			r, ok := x.ruleFor(host, method, path)
			return ok && r.StricterThan(rule)
		})
	})
}

// of returns the other paths of a request, and its host.
func (x *Index) of(a *api.Attempt, rule *route.Rule, forms []string) (paths []string, host string) {
	if x == nil {
		return nil, ""
	}
	paths = x.others(a.Path, rule)
	for _, form := range forms {
		paths = append(paths, x.others(form, rule)...)
	}
	if len(paths) == 0 {
		return nil, ""
	}
	host, err := route.Host(a.Host)
	if err != nil {
		return nil, "" // no rule has decided
	}
	return paths, host
}

// ruleFor returns the rule for a path, and false if it does not name the file there.
func (x *Index) ruleFor(host, method, path string) (*route.Rule, bool) {
	r, ok := x.rules.Match(host, method, path)
	if !ok {
		return nil, false
	}
	return r, names(r, lastOf(path))
}

// others returns the other paths at which an application may serve what it serves at a
// canonical path: without an ending of its last segment, since many routers take that for a
// format; with the ending of a file that a rule names, which many servers add; and the index
// files that rules name in a directory. An index in any directory counts where the path ends
// with a slash. What the rule's own path names is left out: whoever wrote it knows of it.
func (x *Index) others(path string, rule *route.Rule) []string {
	name, slashed := lastOf(path), strings.HasSuffix(path, "/")
	out := x.shorter(path, name, slashed)
	if out != nil && names(rule, name) {
		out = nil
	}
	if lastOf(rule.Path) == name {
		return out
	}
	bare := strings.TrimSuffix(path, "/")
	for _, file := range x.files[name] {
		out = append(out, bare[:len(bare)-len(name)]+file)
	}
	for _, index := range x.indexes[name] {
		out = append(out, bare+"/"+index)
	}
	if slashed {
		for _, index := range x.indexes[anyName] {
			out = append(out, bare+"/"+index)
		}
	}
	return out
}

// shorter returns a path without each ending of its last segment, as far as a rule names that.
func (x *Index) shorter(path, name string, slashed bool) (out []string) {
	at, cut := strings.LastIndex(path, name), false // cut: only blanks and dots since the last dot, so the stem is the same
	for i, c := range name {
		if c != '.' {
			cut = cut && unicode.IsSpace(c)
			continue
		}
		if cut {
			continue
		}
		cut = true
		stem := strings.TrimRightFunc(name[:i], isBlankOrDot)
		if len(stem) > x.longest || !x.words[stem] {
			continue
		}
		other := path[:at+len(stem)]
		if slashed && stem != "" {
			other += "/"
		}
		out = append(out, other)
	}
	return out
}

func isBlankOrDot(r rune) bool { return r == '.' || unicode.IsSpace(r) }

// lastOf returns the last segment of a path, before the slash at its end.
func lastOf(path string) string {
	bare := strings.TrimSuffix(path, "/")
	return bare[strings.LastIndexByte(bare, '/')+1:]
}

// names reports whether a segment of the rule's path is name.
func names(r *route.Rule, name string) bool { return slices.Contains(strings.Split(r.Path, "/"), name) }

// appendNew appends a name that the list does not have: rules of many hosts may name one file.
func appendNew(list []string, name string) []string {
	if slices.Contains(list, name) {
		return list
	}
	return append(list, name)
}

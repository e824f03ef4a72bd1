package filename

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
	below   map[string][]string // names of programs and repositories anywhere, by what precedes an ending
	indexes map[string][]string // index files at the ends of paths, by the name of their directory
}

// maxOthers is the most other paths of a request that are looked up.
const maxOthers = 32

// maxUndotted is the most bytes of a name without its dots, as file systems have it.
const maxUndotted = 255

func tooMany() error {
	return api.E(api.Invalid, api.ReasonBadPath, "the request path could be read as too many others")
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
	x := &Index{rules: table, words: map[string]bool{}, files: map[string][]string{}, below: map[string][]string{}, indexes: map[string][]string{}}
	for _, r := range rules {
		segments := strings.Split(strings.TrimPrefix(r.Path, "/"), "/")
		for _, s := range segments {
			x.words[s], x.longest = true, max(x.longest, len(s))
			if hasBelow(s, scripts) {
				addStems(x.below, s)
			}
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

// hasBelow reports whether paths go on below a name in spite of its ending: that of a program,
// or of a repository at a Git host.
func hasBelow(name string, scripts []string) bool {
	return isScript(name, scripts) || strings.HasSuffix(name, ".git")
}

// addStems adds a name by what precedes each of its endings.
func addStems(list map[string][]string, name string) {
	for i, c := range name {
		if c == '.' && i > 0 {
			list[name[:i]] = appendNew(list[name[:i]], name)
		}
	}
}

// Indexes returns the part of x that has the index files of directories alone.
func (x *Index) Indexes() *Index {
	if x == nil {
		return nil
	}
	return &Index{rules: x.rules, indexes: x.indexes}
}

// add adds the name that a rule's path ends with. Few have paths below them.
func (x *Index) add(segments []string, below bool, scripts []string) {
	last := len(segments) - 1
	name := segments[last]
	if !below || hasBelow(name, scripts) {
		addStems(x.files, name)
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
// whose own rule for the method differs. If rules name none, nothing is allocated. The error,
// an [*api.Error] (Invalid), is for more than 32 of them.
func (x *Index) Of(a *api.Attempt, rule *route.Rule, forms []string) (out []File, err error) {
	list, host, err := x.of(a, rule, forms)
	if len(list) == 0 {
		return nil, err
	}
	own, _ := x.rules.Match(host, a.Method, a.Path)
	for _, o := range list {
		r, ok := x.ruleFor(host, a.Method, o)
		if !ok || r == own || slices.ContainsFunc(out, func(f File) bool { return f.Path == o.path }) {
			continue
		}
		if out = append(out, File{o.path, r}); len(out) > maxOthers {
			return nil, tooMany()
		}
	}
	return out, nil
}

// StricterByMethod reports whether the rule for such a file is stricter than that of the
// request, for some method, or there are too many of them.
func (x *Index) StricterByMethod(a *api.Attempt, rule *route.Rule, forms []string) bool {
	list, host, err := x.of(a, rule, forms)
	return err != nil || slices.ContainsFunc(list, func(o other) bool {
		methods := append(x.rules.MethodsFor(host, o.path), "-") // "-": a method that no rule has
		return slices.ContainsFunc(methods, func(method string) bool {
			r, ok := x.ruleFor(host, method, o)
			return ok && r.StricterThan(rule)
		})
	})
}

// other is another path, and the one that it was made of.
type other struct{ path, from string }

// of returns the other paths of a request, and its host.
func (x *Index) of(a *api.Attempt, rule *route.Rule, forms []string) (list []other, host string, err error) {
	if x == nil {
		return nil, "", nil
	}
	if list, err = x.others(nil, a.Path, rule); err != nil {
		return nil, "", err
	}
	for _, form := range forms {
		if list, err = x.others(list, form, rule); err != nil {
			return nil, "", err
		}
		if len(list) > 4*maxOthers { // each is looked up, and most have no rule
			return nil, "", tooMany()
		}
	}
	if len(list) == 0 {
		return nil, "", nil
	}
	if host, err = route.Host(a.Host); err != nil {
		return nil, "", nil // no rule has decided
	}
	return list, host, nil
}

// ruleFor returns the rule for a path, and false if it does not name the segments that differ.
func (x *Index) ruleFor(host, method string, o other) (*route.Rule, bool) {
	r, ok := x.rules.Match(host, method, o.path)
	if !ok {
		return nil, false
	}
	from := strings.Split(o.from, "/")
	for i, s := range strings.Split(o.path, "/") {
		if (i >= len(from) || from[i] != s) && !names(r, cmp.Or(s, lastOf(o.path))) {
			return nil, false
		}
	}
	return r, true
}

// others appends the other paths at which an application may serve what it serves at a
// canonical path: with other spellings of its segments, and with the index files that rules
// name in a directory. An index in any directory counts where the path ends with a slash.
// What the rule's own path names is left out: whoever wrote it knows of it.
func (x *Index) others(list []other, path string, rule *route.Rule) ([]other, error) {
	bare, slashed := strings.CutSuffix(path, "/")
	forms, err := x.respelled(bare, rule)
	if err != nil {
		return nil, err
	}
	list = x.indexed(list, path, path, rule)
	for _, form := range forms {
		if slashed && !strings.HasSuffix(form, "/") && len(lastOf(form)) <= len(lastOf(bare)) { // no file
			form += "/"
		}
		list = x.indexed(append(list, other{form, path}), form, path, rule)
	}
	return list, nil
}

// indexed appends the index files of a form of a path.
func (x *Index) indexed(list []other, form, path string, rule *route.Rule) []other {
	name, bare := lastOf(form), strings.TrimSuffix(form, "/")
	if lastOf(rule.Path) == name {
		return list
	}
	for _, index := range x.indexes[name] {
		list = append(list, other{bare + "/" + index, path})
	}
	if len(bare) < len(form) {
		for _, index := range x.indexes[anyName] {
			list = append(list, other{bare + "/" + index, path})
		}
	}
	return list
}

// respelled returns a path, without a slash at its end, in the other spellings of its segments.
func (x *Index) respelled(bare string, rule *route.Rule) (forms []string, err error) {
	for at := 0; at < len(bare); {
		name, _, _ := strings.Cut(bare[at+1:], "/")
		end := at + 1 + len(name)
		list := x.spellings(name, end == len(bare), rule)
		for i, form := range forms {
			for _, s := range list {
				forms = append(forms, form+"/"+s)
			}
			forms[i] = form + "/" + name
		}
		for _, s := range list {
			forms = append(forms, bare[:at+1]+s)
		}
		if len(forms) > maxOthers {
			return nil, tooMany()
		}
		at = end
	}
	return forms, nil
}

// spellings returns the other names of what a segment names: without an ending, since many
// routers take that for a format, and Git hosts drop theirs; and with the ending of a file
// that a rule names, which many servers add. A file that paths go on below is a program or a
// repository. Also without any dot, as CodeIgniter takes the name of a controller.
func (x *Index) spellings(name string, last bool, rule *route.Rule) []string {
	out := x.stems(name, last)
	if s := x.undotted(name); s != "" {
		out = appendNew(out, s)
	}
	if out != nil && names(rule, name) {
		out = nil
	}
	if last && lastOf(rule.Path) != name {
		return append(out, x.files[name]...)
	}
	if more := x.below[name]; !last && more != nil && !names(rule, name) {
		return append(out, more...)
	}
	return out
}

// stems returns a segment without each of its endings, as far as a rule names that. What
// follows a dot inside a path is an ending if it begins with a letter; others are of versions.
func (x *Index) stems(name string, last bool) (out []string) {
	cut := false // only blanks and dots since the last dot, so the stem is the same
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
		if len(stem) <= x.longest && x.words[stem] && (last || stem != "" && isEnding(name[i:])) {
			out = append(out, stem)
		}
	}
	return out
}

// undotted returns a segment without its dots if a rule names that, else "".
func (x *Index) undotted(name string) string {
	dots := strings.Count(name, ".")
	if dots == 0 || len(name)-dots > min(x.longest, maxUndotted) {
		return ""
	}
	var b [maxUndotted]byte // on the stack
	size := 0
	for i := range len(name) {
		if name[i] != '.' {
			b[size], size = name[i], size+1
		}
	}
	if !x.words[string(b[:size])] {
		return ""
	}
	return string(b[:size])
}

// isEnding reports whether what follows a dot begins with a letter.
func isEnding(rest string) bool {
	c, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(rest, isBlankOrDot))
	return unicode.IsLetter(c)
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

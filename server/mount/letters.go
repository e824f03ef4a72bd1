package mount

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config"
)

// letters are the segments of the rules' paths, and what precedes their endings, by what
// ignores the case of their letters.
type letters struct {
	by      map[string][]string
	longest int // size of the longest segment in any case of letters, in bytes
}

// maxSpellings is more than the engine judges of one request.
const maxSpellings = 32

func lettersOf(rules []config.Rule) letters {
	l := letters{by: map[string][]string{}}
	for _, r := range rules {
		for s := range strings.SplitSeq(r.Path, "/") {
			if s == "" || s == "*" || s == "**" {
				continue
			}
			l.add(s)
			for i := range s {
				if s[i] == '.' && i > 0 {
					l.add(s[:i])
				}
			}
		}
	}
	return l
}

func (l *letters) add(s string) {
	key := folded(s)
	l.by[key], l.longest = appendNew(l.by[key], s), max(l.longest, 3*len(s)) // a letter of one byte may have one of three
}

// of returns a path in the letters of the rules, as far as it has others, in all ways in which
// rules name its segments. There are no more after more than [maxSpellings], which the engine
// refuses.
func (l letters) of(path string) (out []string) {
	forms := []string{""}
	for i, s := range strings.Split(path, "/") {
		var next []string
		for _, form := range forms {
			for _, spelling := range l.spellings(s) {
				next = append(next, form+"/"+spelling)
			}
		}
		if forms = next; i == 0 {
			forms = []string{""}
		}
		if len(forms) > maxSpellings {
			return forms
		}
	}
	return slices.DeleteFunc(forms, func(form string) bool { return form == path })
}

// spellings returns a segment in the letters of the rules: as a whole, before each of its
// endings, and without dots, which CodeIgniter drops. If rules have none, it is s itself.
func (l letters) spellings(s string) (out []string) {
	add := func(name, ending string) {
		if len(name) > l.longest {
			return
		}
		for _, known := range l.by[folded(name)] {
			out = appendNew(out, known+ending)
		}
	}
	add(s, "")
	for i := range s {
		if s[i] == '.' && i <= l.longest {
			add(s[:i], s[i:])
		}
	}
	if dots := strings.Count(s, "."); dots > 0 && len(s)-dots <= l.longest {
		add(strings.ReplaceAll(s, ".", ""), "")
	}
	if out == nil {
		return []string{s}
	}
	return out
}

// has reports whether a rule's path has a segment, in any letters.
func (l letters) has(segment string) bool { return len(l.by[folded(segment)]) > 0 }

func folded(s string) string { return strings.ToLower(strings.ToUpper(s)) }

package mount

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config"
)

// letters are the segments of the rules' paths, by what ignores the case of their letters.
type letters map[string][]string

func lettersOf(rules []config.Rule) letters {
	out := letters{}
	for _, r := range rules {
		for s := range strings.SplitSeq(r.Path, "/") {
			if key := folded(s); s != "" && s != "*" && s != "**" && !slices.Contains(out[key], s) {
				out[key] = append(out[key], s)
			}
		}
	}
	return out
}

// of returns a path in the letters of the rules, as far as it has others. If rules name one
// segment in several ways, there are several.
func (l letters) of(path string) (out []string) {
	segments := strings.Split(path, "/")
	for i, more := 0, true; more; i++ {
		own := slices.Clone(segments)
		more = false
		for at, s := range segments {
			list := l[folded(s)]
			if len(list) > 1 || len(list) == 1 && list[0] != s {
				own[at] = list[min(i, len(list)-1)]
				more = more || i+1 < len(list)
			}
		}
		if other := strings.Join(own, "/"); other != path {
			out = append(out, other)
		}
	}
	return out
}

// has reports whether a rule's path has a segment, in any letters.
func (l letters) has(segment string) bool { return len(l[folded(segment)]) > 0 }

func folded(s string) string { return strings.ToLower(strings.ToUpper(s)) }

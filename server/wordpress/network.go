package wordpress

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
)

// Rewritten returns the paths to which the rewrite rules of a network in subdirectories
// (Apache, nginx and IIS) change a path: they drop what precedes a script, or one of
// WordPress's own directories, in the site's home, whether or not it is a site's name. What
// the path of the request's rule names is left out: whoever wrote the rule knows it.
func (w Reader) Rewritten(path string, rule *route.Rule) (out []string) {
	script := IsScript(path)
	if !script && !strings.Contains(path, "/wp-") {
		return nil
	}
	named := strings.Split(rule.Path, "/")
	for i := range w.count() {
		home := w.home(i) + "/"
		rest, ok := strings.CutPrefix(path, home)
		if !ok {
			continue
		}
		script := script && !slices.Contains(named, path[strings.LastIndexByte(path, '/')+1:])
		for at := 0; ; {
			segment, after, more := strings.Cut(rest[at:], "/")
			own := isOwnDirectory(segment)
			if at > 0 && (own && !slices.Contains(named, segment) || script && !own) {
				out = append(out, home+rest[at:])
			}
			if own || !more {
				break
			}
			at = len(rest) - len(after)
		}
	}
	return out
}

// isOwnDirectory reports whether a segment begins with the name of one of WordPress's
// directories, as the rewrite rules compare it.
func isOwnDirectory(segment string) bool {
	return strings.HasPrefix(segment, "wp-content") || strings.HasPrefix(segment, "wp-admin") || strings.HasPrefix(segment, "wp-includes")
}

package wordpress

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
)

// Rewritten returns the paths to which the rewrite rules of a network in subdirectories
// (Apache, nginx and IIS) change a path: they drop what precedes a script, or one of
// WordPress's own directories, in the site's home, whether or not it is a site's name. What
// the path of the request's rule names is left out: whoever wrote the rule knows it. Below
// the home of a site that a REST API is known of, the path is that site's alone, as its users
// and tokens are.
func (w Reader) Rewritten(path string, rule *route.Rule) (out []string) {
	script := IsScript(path)
	if len(w.REST) < 2 || !script && !strings.Contains(path, "/wp-") {
		return nil // no network, or nothing that the rules rewrite
	}
	home, ok := w.homeOf(path)
	if !ok {
		return nil
	}
	named, rest := strings.Split(rule.Path, "/"), path[len(home):]
	script = script && !slices.Contains(named, path[strings.LastIndexByte(path, '/')+1:])
	for at := 0; ; {
		segment, after, more := strings.Cut(rest[at:], "/")
		own := isOwnDirectory(segment)
		if at > 0 && (own && !slices.Contains(named, segment) || script && !own) {
			out = append(out, home+rest[at:])
		}
		if own || !more {
			return out
		}
		at = len(rest) - len(after)
	}
}

// homeOf returns the home of the innermost site that a path is in, with a slash at its end.
func (w Reader) homeOf(path string) (home string, ok bool) {
	for i := range w.count() {
		if h := w.home(i) + "/"; len(h) > len(home) && strings.HasPrefix(path, h) {
			home, ok = h, true
		}
	}
	return home, ok
}

// isOwnDirectory reports whether a segment begins with the name of one of WordPress's
// directories, as the rewrite rules compare it.
func isOwnDirectory(segment string) bool {
	return strings.HasPrefix(segment, "wp-content") || strings.HasPrefix(segment, "wp-admin") || strings.HasPrefix(segment, "wp-includes")
}

package wordpress

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Rewritten returns the paths to which the rewrite rules of a network in subdirectories
// (Apache, nginx and IIS) change a path: they drop what precedes a script, or one of
// WordPress's own directories, in the site's home, whether or not it is a site's name, and do
// so again and again. Those of nginx also cut off what follows the last ".php", and take each
// name that begins with "wp-" for an own directory. What the path of the request's rule names
// in its place is left out: whoever wrote the rule knows it. Below the home of a site that a
// REST API is known of, the path is that site's alone, as its users and tokens are. named says
// whether a rule names a segment.
func (w Reader) Rewritten(path string, rule *route.Rule, named func(segment string) bool) []string {
	if !w.Network && len(w.REST) < 2 || strings.IndexByte(path, '-') < 0 && strings.IndexByte(path, '.') < 0 {
		return nil // no network, or nothing that the rules rewrite
	}
	home, ok := w.homeOf(path)
	if !ok {
		return nil
	}
	from := strings.Count(home, "/")
	r := rewriting{
		home: home, segments: strings.Split(path, "/"), rule: strings.Split(rule.Path, "/"), from: from, script: -1,
		toScript: IsScript(path), apis: w.REST, isKnown: named,
	}
	if at := strings.LastIndex(path, phpEnding); at >= len(home) {
		r.script, r.rest = strings.Count(path[:at], "/"), path[at+len(phpEnding):]
	}
	if strings.HasPrefix(r.rest, "/") {
		r.rest = "" // by which WordPress routes, whatever is cut off
	}
	return r.forms()
}

// Routed returns the paths of the pages for which a WordPress takes a path that goes on below a
// script (PATH_INFO): in the directory of an index.php, and in the site's home for those of
// [Reader.Scripts]. A script that the rule's path names is left out.
func (w Reader) Routed(path string, rule *route.Rule) (out []string) {
	const index = "/index.php"
	for from := 0; ; {
		at := strings.Index(path[from:], index+"/")
		if at < 0 {
			break
		}
		at += from
		if from = at + len(index); !strings.Contains(rule.Path, index+"/") {
			out = append(out, path[:at]+path[from:])
		}
	}
	for _, script := range w.Scripts {
		page, ok := strings.CutPrefix(path, script)
		if home, in := w.homeOf(path); ok && in && strings.HasPrefix(page, "/") && !strings.HasPrefix(rule.Path, script) {
			out = append(out, home+page[1:])
		}
	}
	return out
}

const phpEnding = ".php"

// rewriting is a path that rewrite rules are applied to.
type rewriting struct {
	home           string
	segments, rule []string // of the path and of its rule's; the first one is ""
	from           int      // the first segment in the home
	toScript       bool     // whether the path ends with a script
	script         int      // the segment with the last ".php"; -1 if there is none
	rest           string   // what follows that in the same segment, and all behind it
	apis           []string // the paths of REST APIs
	isKnown        func(segment string) bool
}

// forms returns the paths that can remain. Rules drop one segment at a time: a directory's
// rule if the next one is its own, the scripts' rule if the first one is no own directory.
func (r rewriting) forms() (out []string) {
	inside := isDirectory(r.segments[r.from]) // in one of the three directories
	direct, nginx := true, true               // whether only own directories, or what nginx drops, were dropped
	if !isOwn(r.segments[r.from]) && r.rest != "" && !r.names(r.script) {
		out = append(out, r.cut(r.from))
	}
	for at := r.from + 1; at < len(r.segments); at++ {
		segment, before := r.segments[at], r.segments[at-1]
		own := isDirectory(segment)
		direct = own && (direct || !inside)
		byOwn := nginx && isOwn(segment) && (own || r.mayBeFile(at))
		byScript := nginx && !isOwn(before) && at <= r.script
		nginx = nginx && (isOwn(segment) || byScript)
		if (direct || byOwn) && !r.names(at) || r.toScript && !inside && !own && !r.names(len(r.segments)-1) {
			out = append(out, r.home+strings.Join(r.segments[at:], "/"))
		}
		if byScript && r.rest != "" && !r.names(r.script) {
			out = append(out, r.cut(at))
		}
		inside = inside || own
	}
	return out
}

// cut returns what remains from a segment on, up to the last ".php".
func (r rewriting) cut(at int) string {
	return strings.TrimSuffix(r.home+strings.Join(r.segments[at:], "/"), r.rest)
}

// mayBeFile reports whether what follows a segment may be a file rather than a route of the
// REST API, in which many namespaces begin with "wp-".
func (r rewriting) mayBeFile(at int) bool {
	last := r.segments[len(r.segments)-1]
	return !r.isAPI(at) && (!r.isAPI(at-1) || last == "" || strings.IndexByte(last, '.') >= 0 || r.isKnown(r.segments[at]))
}

// isAPI reports whether a segment has the name of a REST API in this home.
func (r rewriting) isAPI(at int) bool {
	return slices.ContainsFunc(r.apis, func(path string) bool { return strings.TrimSuffix(path, "/") == r.home+r.segments[at] })
}

// names reports whether the rule names a segment of the path in its place.
func (r rewriting) names(at int) bool {
	return at >= 0 && at < len(r.rule) && r.rule[at] == r.segments[at] && !slices.Contains(r.rule[:at], "**")
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

// isDirectory reports whether a segment begins with the name of one of WordPress's three
// directories, as the rewrite rules compare it; those of IIS ignore the case of letters.
func isDirectory(segment string) bool {
	folded := api.FoldASCII(segment)
	return strings.HasPrefix(folded, "wp-content") || strings.HasPrefix(folded, "wp-admin") || strings.HasPrefix(folded, "wp-includes")
}

// isOwn is isDirectory as nginx's rewrite rules compare it.
func isOwn(segment string) bool { return strings.HasPrefix(api.FoldASCII(segment), "wp-") }

package route

import (
	"slices"
	"strings"
)

// maxScripts is the number of scripts in a path that [ScriptPaths] looks at.
const maxScripts = 4

// ScriptPaths returns the paths that an application may take for a canonical path that goes
// on below a script, such as /index.cgi/admin: many front controllers route by what follows
// the script (PATH_INFO, RFC 3875 section 4.1.5), below the script's directory or below the
// root. endings are those of scripts, in lower case. A script that the rule's own path names
// is left out: whoever wrote the rule knows it. Of a path with more than four scripts only
// the first four count. Without a script the result is nil, and nothing is allocated.
func ScriptPaths(path string, rule *Rule, endings []string) []string {
	if len(endings) == 0 || strings.IndexByte(path, '.') < 0 {
		return nil
	}
	var out []string
	for from, scripts := 1, 0; from < len(path) && scripts < maxScripts; {
		size := strings.IndexByte(path[from:], '/')
		if size < 0 {
			break
		}
		name, rest := path[from:from+size], path[from+size:]
		if isScript(name, endings) && !rule.names(name) {
			out, scripts = append(out, path[:from-1]+rest, rest), scripts+1
		}
		from += size + 1
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// IndexedBy returns the directory, with its slash, that servers may answer for by the file at
// a canonical path, such as "/" for /index.cgi; "" if there is none, or if the rule's own path
// names the file. endings are as for [ScriptPaths]; those of HTML count as well.
func IndexedBy(path string, rule *Rule, endings []string) string {
	last := strings.LastIndexByte(path, '/') + 1
	if name := path[last:]; len(endings) == 0 || !isIndex(name, endings) || rule.names(name) {
		return ""
	}
	return path[:last]
}

// names reports whether a segment of the rule's path is name.
func (r *Rule) names(name string) bool { return slices.Contains(strings.Split(r.Path, "/"), name) }

// isScript reports whether a segment has one of the endings.
func isScript(name string, endings []string) bool {
	dot := strings.LastIndexByte(name, '.')
	return dot >= 0 && slices.Contains(endings, strings.ToLower(name[dot+1:]))
}

// isIndex reports whether a name is one that servers and frameworks use for the file that
// answers for its directory.
func isIndex(name string, endings []string) bool {
	stem, ending, found := strings.Cut(name, ".")
	if !found {
		return false
	}
	switch ending = strings.ToLower(ending); ending {
	case "html", "htm", "shtml", "xhtml":
	default:
		if !slices.Contains(endings, ending) {
			return false
		}
	}
	switch strings.ToLower(stem) {
	case "index", "default", "app":
		return true
	}
	return false
}

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
		if isScript(name, endings) && !slices.Contains(strings.Split(rule.Path, "/"), name) {
			out, scripts = append(out, path[:from-1]+rest, rest), scripts+1
		}
		from += size + 1
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isScript reports whether a segment has one of the endings.
func isScript(name string, endings []string) bool {
	dot := strings.LastIndexByte(name, '.')
	return dot >= 0 && slices.Contains(endings, strings.ToLower(name[dot+1:]))
}

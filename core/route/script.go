package route

import (
	"slices"
	"strings"
)

// maxScripts is the number of scripts in a path that [ScriptPaths] looks at.
const maxScripts = 4

// ScriptPaths returns the paths that an application may take for a canonical path that goes
// on below a script, such as /index.php/admin: many front controllers route by what follows
// the script (PATH_INFO, RFC 3875 section 4.1.5), below the script's directory or below the
// root. A script that the rule's own path names is left out: whoever wrote the rule knows
// it. Without a script the result is nil, and nothing is allocated.
func ScriptPaths(path string, rule *Rule) []string {
	if strings.IndexByte(path, '.') < 0 {
		return nil
	}
	var out []string
	for from, scripts := 1, 0; from < len(path) && scripts < maxScripts; {
		size := strings.IndexByte(path[from:], '/')
		if size < 0 {
			break
		}
		name, rest := path[from:from+size], path[from+size:]
		if isScript(name) && !slices.Contains(strings.Split(rule.Path, "/"), name) {
			out, scripts = append(out, path[:from-1]+rest, rest), scripts+1
		}
		from += size + 1
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isScript reports whether a segment has the ending of a program that servers run.
func isScript(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return false
	}
	switch strings.ToLower(name[dot+1:]) {
	case "php", "php3", "php4", "php5", "php7", "php8", "phtml", "phar", "cgi", "fcgi", "pl",
		"py", "rb", "asp", "aspx", "ashx", "asmx", "jsp", "jspx", "do", "cfm", "cfml", "lua":
		return true
	}
	return false
}

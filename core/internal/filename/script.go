package filename

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// maxScripts is the most scripts that a path may go on below.
const maxScripts = 4

// ScriptPaths returns the paths that an application may take for a canonical path that goes
// on below a script, such as /index.cgi/admin: many front controllers route by what follows
// the script (PATH_INFO, RFC 3875 section 4.1.5), below the script's directory or below the
// root. endings are those of scripts, in lower case. A script that the rule's own path names
// is left out: whoever wrote the rule knows it. Without a script the result is nil, and
// nothing is allocated. The error, an [*api.Error] (Invalid), is for more than four scripts.
func ScriptPaths(path string, rule *route.Rule, endings []string) ([]string, error) {
	if len(endings) == 0 || strings.IndexByte(path, '.') < 0 {
		return nil, nil
	}
	var out []string
	for from, scripts := 1, 0; from < len(path); {
		size := strings.IndexByte(path[from:], '/')
		if size < 0 {
			break
		}
		name, rest := path[from:from+size], path[from+size:]
		if isScript(name, endings) && !names(rule, name) {
			if scripts++; scripts > maxScripts {
				return nil, api.E(api.Invalid, api.ReasonBadPath, "the request path goes on below too many scripts")
			}
			out = append(out, path[:from-1]+rest, rest)
		}
		from += size + 1
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// IndexedBy returns the directory, with its slash, that servers may answer for by the file at
// a canonical path, such as "/" for /index.cgi; "" if there is none, or if the rule's own path
// names the file. endings are as for [ScriptPaths]; those of HTML count as well.
func IndexedBy(path string, rule *route.Rule, endings []string) string {
	last := strings.LastIndexByte(path, '/') + 1
	if name := path[last:]; len(endings) == 0 || !isIndex(name, endings) || names(rule, name) {
		return ""
	}
	return path[:last]
}

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

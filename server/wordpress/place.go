package wordpress

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// How WordPress finds its REST API in a path. It removes its home path, ignoring case
// and segment boundaries, or the path of a script that loads it (PATH_INFO); networks
// and language plugins change the home per request. Its rewrite rules match the API's
// name at the beginning of the rest, and after index.php, in which the dot matches any
// character.

// maxMeanings is how many meanings a request may have; legitimate paths have fewer.
const maxMeanings = 12

// place adds the meanings of a path.
func (w Reader) place(r *route.Reading, path string, belowScript bool) error {
	for i := range w.count() {
		if name, ok := w.below(i, path); ok {
			r.Add(route.Meaning{Path: w.pretty(i, name), API: w.rest(i), Route: name})
		}
	}
	switch here := r.Path != ""; {
	case here && belowScript && mayBePage(path):
		r.Add(route.Meaning{Path: path})
		return nil
	case here:
		return nil
	}
	r.Meaning = route.Meaning{Path: path}
	if !belowScript && w.isFiles(path) {
		return nil
	}
	return w.scatter(r, path)
}

// below removes the path of one of the APIs, in the pretty form or after index.php.
func (w Reader) below(i int, path string) (name string, ok bool) {
	rest := w.rest(i)
	name, ok = strings.CutPrefix(path, rest)
	if !ok {
		home := rest[:strings.LastIndexByte(rest, '/')]
		if name, ok = strings.CutPrefix(path, home); !ok {
			return "", false
		}
		if name, ok = strings.CutPrefix(name, "/index.php"); !ok {
			return "", false
		}
		name, ok = strings.CutPrefix(name, rest[len(home):])
	}
	return name, ok && (name == "" || name[0] == '/')
}

// mayBePage reports whether WordPress could miss the API's name after index.php: it
// does in wp-admin/, and if the rest ends in index.php.
func mayBePage(path string) bool {
	path = strings.TrimSuffix(path, "/")
	const index = "index.php"
	return strings.Contains(path, "wp-admin") || len(path) > len(index) && isLike(path[len(path)-len(index):], index)
}

// isFiles reports whether a path is in a directory of static files that WordPress does
// not handle.
func (w Reader) isFiles(path string) bool {
	for i := range w.count() {
		if at, ok := strings.CutPrefix(path, w.home(i)); ok &&
			(strings.HasPrefix(at, "/wp-content/") || strings.HasPrefix(at, "/wp-includes/")) {
			return true
		}
	}
	return false
}

// scatter adds the routes after the name of an API at the end of any segment.
func (w Reader) scatter(r *route.Reading, path string) error {
	for i := range w.count() {
		rest := w.rest(i)
		name := rest[strings.LastIndexByte(rest, '/')+1:]
		for start := 1; start <= len(path); {
			end := len(path)
			if n := strings.IndexByte(path[start:], '/'); n >= 0 {
				end = start + n
			}
			if from := end - len(name); from >= start && isLike(path[from:end], name) {
				r.Add(route.Meaning{Path: w.pretty(i, path[end:]), API: path[:end], Route: path[end:]})
				// If only the decoded path has the name, a plus is decoded, too.
				if blank := strings.ReplaceAll(path[end:], "+", " "); blank != path[end:] {
					r.Add(route.Meaning{Path: w.pretty(i, blank), API: path[:end], Route: blank})
				}
			}
			if len(r.Also) > maxMeanings {
				return badPath("the request path names the REST API too often")
			}
			start = end + 1
		}
	}
	return nil
}

// isLike compares ignoring case; a dot in name matches any character, because WordPress
// uses it as a regular expression.
func isLike(s, name string) bool {
	if len(s) != len(name) {
		return false
	}
	for i := range len(s) {
		if name[i] != '.' && foldCase(s[i]) != foldCase(name[i]) {
			return false
		}
	}
	return true
}

func foldCase(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// belowScript reports whether the path continues after a PHP script, which receives the
// rest as PATH_INFO: every script that loads WordPress would look for a route there.
// The error is for scripts other than index.php and the allowed ones.
func belowScript(path string, allowed []string) (found bool, err error) {
	for at := 0; ; {
		dot := strings.IndexByte(path[at:], '.')
		if dot < 0 {
			return found, nil
		}
		dot += at
		end := strings.IndexByte(path[dot:], '/')
		if end < 0 {
			return found, nil
		}
		at = dot + 1
		end += dot
		if !isPHP(path[at:end]) {
			continue
		}
		found = true
		if !strings.HasSuffix(path[:end], "/index.php") && !slices.Contains(allowed, path[:end]) {
			return true, badPath("the request path goes on below a PHP script")
		}
	}
}

// IsScript reports whether a path is that of a file that web servers run with PHP.
func IsScript(path string) bool {
	name := path[strings.LastIndexByte(path, '/')+1:]
	dot := strings.LastIndexByte(name, '.')
	return dot >= 0 && isPHP(name[dot+1:])
}

// isPHP reports whether web servers run files with this extension with PHP.
func isPHP(ending string) bool {
	if len(ending) < 3 || len(ending) > 5 {
		return false
	}
	switch api.FoldASCII(ending) {
	case "phtml", "phar", "pht", "phps":
		return true
	}
	return api.FoldASCII(ending[:3]) == "php" && strings.Trim(ending[3:], "0123456789") == ""
}

package wordpress

import (
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Where in a path WordPress finds its REST API. It takes what follows its home
// path, which it cuts off without regard to case and without looking whether a
// segment ends there; or what follows a script that loads it (PATH_INFO), likewise;
// and a network or a language plugin moves the home from request to request. Its
// rewrite rules know the API's name at the beginning of that and behind index.php,
// in which the dot stands for anything.

// maxMeanings is how many meanings a request may have: more is no honest path.
const maxMeanings = 12

// place reads a path.
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

// below cuts one of the APIs' own path off, in the pretty form or behind index.php.
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

// mayBePage reports whether WordPress could overlook the API's name in what follows
// index.php: it does so in wp-admin/, and where that ends in index.php.
func mayBePage(path string) bool {
	path = strings.TrimSuffix(path, "/")
	const index = "index.php"
	return strings.Contains(path, "wp-admin") || len(path) > len(index) && isLike(path[len(path)-len(index):], index)
}

// isFiles reports whether a path is in one of the directories of files of which
// WordPress makes nothing.
func (w Reader) isFiles(path string) bool {
	for i := range w.count() {
		if at, ok := strings.CutPrefix(path, w.home(i)); ok &&
			(strings.HasPrefix(at, "/wp-content/") || strings.HasPrefix(at, "/wp-includes/")) {
			return true
		}
	}
	return false
}

// scatter adds the routes that follow the name of an API at the end of any segment.
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
				// Where only the decoded path has it, a plus is decoded, too.
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

// isLike compares without regard to case; a dot in name stands for anything, since
// WordPress makes a regular expression of it.
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

// belowScript reports whether something follows a PHP script in the path, which
// the script is given as PATH_INFO: every one that loads WordPress would look for
// a route there. The error is for other scripts than index.php and those that are
// allowed.
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

// IsScript reports whether a path is that of a file that web servers hand to PHP.
func IsScript(path string) bool {
	name := path[strings.LastIndexByte(path, '/')+1:]
	dot := strings.LastIndexByte(name, '.')
	return dot >= 0 && isPHP(name[dot+1:])
}

// isPHP reports whether web servers hand files with this ending to PHP.
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

package mount

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// paths implements core.Application.Paths.
func paths(cfg *config.Config) func(rule *route.Rule, path, query string) []string {
	sites, others, spelled := Readers(cfg), map[string]config.Upstream{}, lettersOf(cfg.Rules)
	certain := map[string]bool{}
	for name := range sites {
		certain[name] = IsCertain(cfg, name)
	}
	for name, u := range cfg.Upstreams {
		others[name] = u
		if len(cfg.Upstreams) == 1 {
			others[""] = u
		}
	}
	return func(rule *route.Rule, path, query string) []string {
		var out []string
		site, isSite := sites[rule.Upstream]
		if isSite {
			out = site.Rewritten(path, rule, spelled.has)
		}
		if certain[rule.Upstream] {
			if pages := site.Routed(path, rule); len(pages) > 0 && !isRoute(site, path, query) {
				out = append(out, pages...)
			}
			return out
		}
		u := others[rule.Upstream]
		pages := append(routesIn(path, query, u.RouteParameters), pageOf(rule, path, query)...)
		if u.LetterCase == "same" {
			for _, other := range slices.Concat([]string{path}, out, pages) {
				if pages = append(pages, spelled.of(other)...); len(pages) > maxSpellings {
					break
				}
			}
		}
		if isSite && len(pages) > 0 && isRoute(site, path, "") {
			return out
		}
		return append(out, pages...)
	}
}

// isRoute reports whether a WordPress takes a request for routes of its REST API alone.
func isRoute(site wordpress.Reader, path, query string) bool {
	r, err := site.Find(path, query)
	return err == nil && !r.MayBePage()
}

// routesIn returns the paths that a query names as the route: one that begins with a slash,
// as CodeIgniter takes it, and the values of these parameters. An application reads them
// below the directory of its script, or below the root.
func routesIn(path, query string, parameters []string) (out []string) {
	if query == "" {
		return nil
	}
	add := func(text string) {
		for _, at := range pathsNamed(text) {
			if at == "/" {
				continue
			}
			out = append(out, at)
			if last := strings.LastIndexByte(path, '/'); last > 0 {
				out = append(out, path[:last]+at)
			}
		}
	}
	if bare := strings.TrimLeft(query, "?"); strings.HasPrefix(bare, "/") || len(bare) > 2 && strings.EqualFold(bare[:3], "%2f") {
		whole, _, _ := strings.Cut(bare, "?")
		add(whole)
		if end := strings.IndexAny(whole, "&;="); end >= 0 {
			add(whole[:end])
		}
	}
	for _, name := range parameters {
		for _, value := range valuesOf(query, name) {
			add(value)
		}
	}
	return out
}

// valuesOf returns the values of a parameter as they are written, up to the separators of PHP
// and up to those of other languages.
func valuesOf(query, name string) (out []string) {
	for _, separators := range [...]string{"&;?", "&"} {
		for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
			if key, value, _ := strings.Cut(pair, "="); isNamed(key, name) {
				out = appendNew(out, value)
			}
		}
	}
	return out
}

// isNamed reports whether an application may read a key of a query as this parameter: PHP
// drops blanks before it, ends it at a NUL, makes a list of it at a bracket, and replaces
// blanks, dots and brackets by underscores; ASP.NET ignores the case of letters.
func isNamed(key, name string) bool {
	key, _, _ = strings.Cut(unescaped(key), "\x00")
	key = strings.TrimSpace(key)
	list, _, _ := strings.Cut(key, "[")
	php := strings.NewReplacer(" ", "_", ".", "_", "[", "_")
	return strings.EqualFold(list, name) || strings.EqualFold(php.Replace(key), php.Replace(name)) || strings.EqualFold(php.Replace(list), php.Replace(name))
}

// pathsNamed returns the paths that routers may make of a text: decoded, with one slash before
// each segment and none at the end, with dot segments dropped or resolved, without blanks at
// the ends of segments, as which a plus and control characters may count, and cut at a NUL.
func pathsNamed(text string) (out []string) {
	for _, t := range [...]string{decoded(text), unescaped(text)} {
		begin, _, _ := strings.Cut(t, "\x00")
		for _, t := range [...]string{t, begin} {
			for _, at := range [...]string{cleaned(t), cleaned(path.Clean("/" + strings.ReplaceAll(t, `\`, "/")))} {
				out = appendNew(out, at)
				out = appendNew(out, route.Trimmed(strings.Map(blankForControl, at)))
			}
		}
	}
	return out
}

func blankForControl(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// cleaned returns the path that a router makes of a text: with one slash before each segment,
// and without dot segments and a slash at the end.
func cleaned(text string) string {
	segments := strings.FieldsFunc(text, func(r rune) bool { return r == '/' || r == '\\' })
	segments = slices.DeleteFunc(segments, func(s string) bool { return s == "." || s == ".." })
	return "/" + strings.Join(segments, "/")
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// unescaped decodes a part of a query, in which a plus is a blank.
func unescaped(text string) string { return decoded(strings.ReplaceAll(text, "+", " ")) }

// decoded decodes percent-encoding and keeps invalid escapes, as lenient routers do.
func decoded(text string) string {
	if strings.IndexByte(text, '%') < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			if c, err := strconv.ParseUint(text[i+1:i+3], 16, 8); err == nil {
				out, i = append(out, byte(c)), i+2
				continue
			}
		}
		out = append(out, text[i])
	}
	return string(out)
}

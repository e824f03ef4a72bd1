package mount

import (
	"slices"
	"strconv"
	"strings"

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
		pages := append(routesIn(path, query, u.RouteParameters), pageOf(path, query)...)
		if u.LetterCase == "same" {
			for _, other := range slices.Concat([]string{path}, out, pages) {
				pages = append(pages, spelled.of(other)...)
			}
		}
		if isSite && len(pages) > 0 && isRoute(site, path, query) {
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
		if at := cleaned(text); at != "/" {
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

// pageOf returns the path of the page whose data, or whose file, a Next.js or Gatsby serves
// at a path of its own.
func pageOf(path, query string) []string {
	if base, data, ok := strings.Cut(path, "/_next/data/"); ok {
		_, page, _ := strings.Cut(data, "/")
		if page, ok = strings.CutSuffix(page, ".json"); ok {
			return []string{base + pageNamed(page)}
		}
	}
	if base, data, ok := strings.Cut(path, "/page-data/"); ok {
		if page, ok := strings.CutSuffix(data, "/page-data.json"); ok {
			return []string{base + pageNamed(page)}
		}
	}
	if !strings.HasSuffix(path, "/_next/image") {
		return nil
	}
	var out []string
	for _, value := range valuesOf(query, "url") {
		if at, _, _ := strings.Cut(decoded(value), "?"); strings.HasPrefix(at, "/") {
			out = append(out, cleaned(at))
		}
	}
	return out
}

// pageNamed returns the path of a page below its site's.
func pageNamed(name string) string {
	if name == "index" {
		return "/"
	}
	return cleaned(name)
}

// valuesOf returns the values of a parameter as they are written.
func valuesOf(query, name string) (out []string) {
	for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' || r == '?' }) {
		if key, value, _ := strings.Cut(pair, "="); decoded(key) == name {
			out = append(out, value)
		}
	}
	return out
}

// cleaned returns the path that a router makes of a text: decoded, with one slash before each
// segment, and without dot segments and a slash at the end.
func cleaned(text string) string {
	segments := strings.FieldsFunc(decoded(text), func(r rune) bool { return r == '/' || r == '\\' })
	segments = slices.DeleteFunc(segments, func(s string) bool { return s == "." || s == ".." })
	return "/" + strings.Join(segments, "/")
}

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

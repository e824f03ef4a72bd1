package mount

import (
	"path"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
)

// pageOf returns the paths of the page whose data, or of the file whose image or version, an
// application serves at a path of its own. A rule that names the file of data decides alone.
func pageOf(rule *route.Rule, at, query string) (out []string) {
	bare := strings.TrimSuffix(at, "/")
	named := path.Base(rule.Path) == path.Base(bare)
	for _, d := range data() {
		if page, ok := d.page(bare); ok && !named {
			out = append(out, page)
		}
	}
	if page, part, ok := strings.Cut(bare, ".segments/"); ok && strings.HasSuffix(part, ".segment.rsc") { // Next.js
		out = append(out, page)
	}
	if dir, file := path.Split(bare); strings.HasPrefix(file, "__next.") && strings.HasSuffix(file, ".txt") {
		out = append(out, dir)
	}
	for _, i := range images() {
		if !strings.HasSuffix(bare, i.path) {
			continue
		}
		for _, value := range valuesOf(query, i.parameter) {
			if file, _, _ := strings.Cut(unescaped(value), "?"); strings.HasPrefix(file, "/") {
				out = append(appendNew(out, cleaned(file)), path.Clean(file))
			}
		}
	}
	return out
}

// datum is where a framework serves the data of a page: base + begin + skipped segments + page
// + end.
type datum struct {
	begin string // "": the page is the beginning of the path
	skip  int
	end   string
}

func data() [17]datum {
	return [...]datum{
		{"/_next/data/", 1, ".json"}, {"", 0, "/index.txt"}, {"", 0, "/index.rsc"}, {"/page-data/", 0, "/page-data.json"}, // Next.js, Gatsby
		{"", 0, "/__data.json"}, {"", 0, "__data.json"}, {"", 0, "/__route.js"}, // SvelteKit
		{"", 0, "/_payload.json"}, {"", 0, "/_payload.js"}, {"/_nuxt/static/", 1, "/payload.js"}, {"/_nuxt/static/", 1, "/state.js"}, // Nuxt
		{"", 0, "/_.data"}, {"", 0, "/_root.data"}, {"", 0, "/q-data.json"}, // React Router, Qwik
		{"/_ipx/", 1, ""}, {"/cdn-cgi/image/", 1, ""}, // images of Nuxt and Cloudflare
		{"/!svn/", 2, ""}, // versions of Subversion's files
	}
}

// page returns the page of a path, without a slash at its end.
func (d datum) page(at string) (string, bool) {
	if !strings.HasSuffix(at, d.end) {
		return "", false
	}
	base, name, found := strings.Cut(at, d.begin)
	name, ends := strings.CutSuffix(name, d.end)
	if d.begin == "" {
		return "/" + strings.TrimPrefix(name, "/"), ends
	}
	for range d.skip {
		_, rest, more := strings.Cut(name, "/")
		name, found = rest, found && (more || d.end != "")
	}
	if name == "index" {
		name = ""
	}
	return base + cleaned(name), found && ends
}

// image is where a framework serves the image that a parameter names.
type image struct{ path, parameter string }

func images() [5]image {
	return [...]image{{"/_next/image", "url"}, {"/_vercel/image", "url"}, {"/.netlify/images", "url"}, {"/_image", "href"}, {"/_gatsby/image", "u"}} // "/_image": Astro
}

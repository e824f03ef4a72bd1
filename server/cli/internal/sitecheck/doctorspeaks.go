package sitecheck

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/dialect"
)

// noWordPress reports whether the site speaks only a dialect that replaces no WordPress
// plugin, as far as is known.
func (d doctor) noWordPress() bool {
	o := d.types[cmp.Or(d.as.Dialect, d.dialect)]
	return o != nil && !o.Traits().WordPress
}

// sample returns the path of a route that any client may request, even if it is refused.
func (d doctor) sample() string {
	if d.noWordPress() {
		return d.prefix + d.as.Try.Path
	}
	return d.prefix + "/wp-json/wp/v2/posts"
}

// root returns the path to request for its response headers.
func (d doctor) root() string {
	if d.noWordPress() {
		return d.sample()
	}
	return d.prefix + "/wp-json/"
}

func (d doctor) posts(ctx context.Context) finding {
	if d.noWordPress() {
		return finding{skip: "no plugin's endpoints answer here: give --dialect if they should"}
	}
	r, f := d.look(ctx, http.MethodGet, d.sample())
	if f.wrong != "" || r.status == http.StatusOK && r.isJSON {
		return f
	}
	if r.code == "no_credential" {
		return f // a rule that requires credentials is fine
	}
	cure := cures()[r.code]
	if cure == "" && slices.Contains(d.as.NoHeader, r.code) {
		return f // the plugin requires credentials
	}
	if cure = cmp.Or(cure, d.as.Cures[r.code]); cure != "" {
		return finding{wrong: "the posts cannot be read: " + r.String(), seen: r.code, cure: cure}
	}
	return finding{wrong: d.sample() + " answers " + r.String(), seen: "404 or a page instead of JSON",
		cure: "in Settings > Permalinks choose another structure than Plain, or use ?rest_route="}
}

// namespace checks that the dialect's own endpoints answer.
func (d doctor) namespace(ctx context.Context) finding {
	if d.found {
		return finding{note: d.as.Dialect + ": " + d.as.Plugin}
	}
	if d.dialect == "" {
		if _, f := d.look(ctx, http.MethodGet, d.root()); f.wrong != "" {
			return f
		}
		return finding{wrong: "no dialect's endpoints answer below " + d.base + d.prefix, seen: noRoute, cure: cures()[noRoute]}
	}
	if _, ok := dialect.ClientOf(d.types, d.dialect); !ok {
		return finding{skip: errNoClient(d.dialect).Error()}
	}
	if d.as.MatchesIndex == nil {
		return finding{skip: "the dialect " + d.dialect + " does not say how its endpoints are detected"}
	}
	r, f := d.look(ctx, d.as.Index.Method, d.prefix+d.as.Index.Path)
	if f.wrong != "" {
		return f
	}
	wrong := fmt.Sprintf("%s should be %s (%s) and answers %s", d.prefix+d.as.Index.Path, d.dialect, d.from, r)
	other := d.spoken
	other.dialect = ""
	if c, ok, err := other.whom(ctx, d.probe, d.types); err == nil && ok {
		wrong += ": the answer is that of " + c.Dialect
	}
	return finding{wrong: wrong, seen: noRoute + ", or answers in which the client finds no token", cure: cures()[noRoute]}
}

// authorization sends an invalid token: the refusal shows whether the header arrived.
func (d doctor) authorization(ctx context.Context) finding {
	if d.as.BadTry.Path == "" {
		return finding{skip: "no dialect answers that shows whether the header arrives"}
	}
	r, err := d.bring(ctx, d.probe, d.as.BadTry, "a.b.c")
	switch path := d.prefix + d.as.BadTry.Path; {
	case err != nil:
		return unanswered(err)
	case r.blocked():
		return blockPage(path, r)
	case slices.Contains(d.as.NoHeader, r.code):
		return finding{wrong: path + " answers " + r.code + " to a request with a token in " + d.header, seen: r.code, cure: d.dropped()}
	case d.as.Cures[r.code] != "":
		return finding{wrong: path + " answers " + r.code + " to a request with a token", seen: r.code, cure: d.as.Cures[r.code]}
	case slices.ContainsFunc(d.as.BadToken, func(code string) bool { return strings.HasPrefix(r.code, code) }):
		return finding{}
	default:
		return finding{skip: path + " answers " + r.String() + ": this does not show whether the header arrives"}
	}
}

// dropped returns the cure for a header that does not arrive.
func (s spoken) dropped() string {
	if s.header == "Authorization" {
		return "the server drops the Authorization header: paste the output of 'cardea snippet apache --for authorization-header' (or nginx), or set a header of its own for the mount"
	}
	return s.header + " does not arrive: compare its name with the header of the mount or of the plugin, and check that the proxies in front pass it on"
}

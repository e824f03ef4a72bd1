package sitecheck

import (
	"context"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// siteFacts are what a WordPress says of itself in the index of its REST API. The zero value
// is that of a site that was not asked, or has no such index.
type siteFacts struct {
	home string // address of the site, as the site writes it: the issuer of its plugin's tokens
	url  string // address of WordPress itself, which may be another
	rest string // path of the REST API, without a trailing slash
	note string // what is odd about the API's path; "" if nothing
}

// restPath is WordPress's own path of the REST API, below the path of the site.
const restPath = "/wp-json"

// facts asks the site for its index below a prefix. An index without the address of the site
// is not an error.
func (p *probe) facts(ctx context.Context, prefix string) (siteFacts, error) {
	at := p.path() + prefix + restPath
	r, err := p.askAt(ctx, at+"/")
	if err != nil {
		return siteFacts{}, err
	}
	plain := false
	if home, _ := r.body["home"].(string); r.status != http.StatusOK || home == "" { // plain permalinks, or an API of another name
		if r, err = p.askAt(ctx, p.path()+prefix+"/?rest_route=/"); err != nil {
			return siteFacts{}, err
		}
		plain = true
	}
	f := siteFacts{rest: at}
	f.home, _ = r.body["home"].(string)
	f.url, _ = r.body["url"].(string)
	u, err := url.Parse(f.home)
	if r.status != http.StatusOK || err != nil || u.Host == "" {
		return siteFacts{}, nil
	}
	linked := restLink(r.header)
	switch {
	case linked == "" && plain:
		f.note = "the site has plain permalinks, so that only ?rest_route= is answered: choose another structure in Settings > Permalinks"
	case linked != "" && linked != at:
		if answer, err := p.askAt(ctx, linked+"/"); err == nil && answer.body["home"] == f.home {
			f.rest = linked
		} else {
			f.note = "the site says that its REST API is at " + linked + ", where it does not answer"
		}
	}
	return f, nil
}

// linkForm matches the member of a Link header that names the REST API.
var linkForm = regexp.MustCompile(`<([^<>]*)>;\s*rel="https://api\.w\.org/"`)

// restLink returns the path of the REST API in the header Link, without a trailing slash; ""
// if there is none. A leading /index.php, for servers that rewrite nothing, is left out.
func restLink(h http.Header) string {
	m := linkForm.FindStringSubmatch(strings.Join(h.Values("Link"), ", "))
	if m == nil {
		return ""
	}
	u, err := url.Parse(m[1])
	if err != nil || u.Query().Has("rest_route") {
		return ""
	}
	at := strings.TrimSuffix(u.EscapedPath(), "/")
	if before, after, ok := strings.Cut(at, "/index.php/"); ok {
		at = before + "/" + after
	}
	return at
}

// below returns the path of the site, without a trailing slash.
func (f siteFacts) below() string {
	u, err := url.Parse(f.home)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.EscapedPath(), "/")
}

// also returns the issuers that tokens of the site may name besides its home.
func (f siteFacts) also() []string {
	if f.url == "" || f.url == f.home {
		return nil
	}
	return []string{f.url}
}

// restOf returns the path of the REST API of another site of the same network.
func (f siteFacts) restOf(sitePath string) string {
	return path.Join(sitePath, path.Base(f.rest))
}

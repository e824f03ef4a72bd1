package sitecheck

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect/all"
)

// document is an index of a REST API: where it is, and what it says.
type document struct{ home, url, link string }

// siteWith serves documents by the request's host and target, "" is any host; everything else
// is not found.
func siteWith(t *testing.T, documents map[string]document) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, ok := documents[r.Host+r.RequestURI]
		if !ok {
			d, ok = documents[r.RequestURI]
		}
		if !ok {
			http.Error(w, `{"code":"rest_no_route"}`, http.StatusNotFound)
			return
		}
		if d.link != "" {
			w.Header().Set("Link", "<"+d.link+`>; rel="https://api.w.org/"`)
		}
		fmt.Fprintf(w, `{"name":"Shop","home":%q,"url":%q,"namespaces":["oembed/1.0","wp/v2"]}`, d.home, d.url)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

const shop = "https://shop.example"

// sites are the indexes of sites of many kinds, with what follows from them: the issuers, the
// path of the API, and what is odd.
func sites() map[string]struct {
	path      string
	documents map[string]document
	want      siteFacts
	yaml      string
} {
	plain := document{shop, shop, shop + "/wp-json/"}
	blog := document{shop + "/blog", shop + "/blog", shop + "/blog/wp-json/"}
	type row = struct {
		path      string
		documents map[string]document
		want      siteFacts
		yaml      string
	}
	return map[string]row{
		"at the root": {"", map[string]document{"/wp-json/": plain}, siteFacts{home: shop, url: shop, rest: "/wp-json"},
			`prefix: "", issuer: "https://shop.example", access_life: 7d`},
		"WordPress in its own directory": {"", map[string]document{"/wp-json/": {shop, shop + "/wp", shop + "/wp-json/"}}, siteFacts{home: shop, url: shop + "/wp", rest: "/wp-json"},
			`issuer: "https://shop.example", accept_issuers: ["https://shop.example/wp"],`},
		"in a directory": {"/blog", map[string]document{"/blog/wp-json/": blog}, siteFacts{home: shop + "/blog", url: shop + "/blog", rest: "/blog/wp-json"},
			`prefix: "/blog", issuer: "https://shop.example/blog", access_life: 7d`},
		"a directory twice in Link": {"/blog", map[string]document{"/blog/wp-json/": {shop + "/blog", shop + "/blog", shop + "/blog/blog/wp-json/"}},
			siteFacts{home: shop + "/blog", url: shop + "/blog", rest: "/blog/wp-json", note: "the site says that its REST API is at /blog/blog/wp-json, where it does not answer"},
			`rest_path: "/blog/wp-json"`},
		"the API elsewhere, as Link says": {"/blog", map[string]document{"/blog/wp-json/": {shop + "/blog", shop, shop + "/blog/blog/wp-json/"}, "/blog/blog/wp-json/": {shop + "/blog", shop, ""}},
			siteFacts{home: shop + "/blog", url: shop, rest: "/blog/blog/wp-json"}, `rest_path: "/blog/blog/wp-json"`},
		"an API of another name": {"", map[string]document{"/?rest_route=/": {shop, shop, shop + "/api/"}, "/api/": {shop, shop, shop + "/api/"}}, siteFacts{home: shop, url: shop, rest: "/api"},
			"path: /api/**"},
		"index.php in its paths": {"", map[string]document{"/?rest_route=/": {shop, shop, shop + "/index.php/wp-json/"}, "/wp-json/": {"", "", ""}},
			siteFacts{home: shop, url: shop, rest: "/wp-json"}, `rest_path: "/wp-json"`},
		"plain permalinks": {"", map[string]document{"/?rest_route=/": {shop, shop, shop + "/index.php?rest_route=/"}},
			siteFacts{home: shop, url: shop, rest: "/wp-json", note: "the site has plain permalinks, so that only ?rest_route= is answered: choose another structure in Settings > Permalinks"},
			`rest_path: "/wp-json"`},
		"no WordPress": {"", nil, siteFacts{}, ""},
		"no address":   {"", map[string]document{"/wp-json/": {"shop", "shop", ""}}, siteFacts{}, ""},
	}
}

func TestFacts(t *testing.T) {
	for name, tc := range sites() {
		p, err := newProbe(siteWith(t, tc.documents) + tc.path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.facts(t.Context(), ""); err != nil || got != tc.want {
			t.Errorf("%s: got %+v, error %v; want %+v", name, got, err, tc.want)
		}
	}
}

// TestQuickstart_facts: what the site says of itself is what the configuration has, also
// where --upstream names the server behind its name.
func TestQuickstart_facts(t *testing.T) {
	for name, tc := range sites() {
		server := siteWith(t, tc.documents)
		for _, f := range []quickstartFlags{{site: server + tc.path}, {site: shop + tc.path, upstream: server}} {
			f.types, f.dialect, f.listen = all.Types(), "wpjwtpro", "127.0.0.1:8080"
			got := written(t, &f)
			home := tc.want.home
			if home == "" {
				home = f.site
			}
			if f.facts.home != home || !strings.Contains(got, tc.yaml) {
				t.Errorf("%s: got issuer %s, want %s, and %q in\n%s", name, f.facts.home, home, tc.yaml, got)
			}
		}
	}
}

// written returns the configuration of the flags.
func written(t *testing.T, f *quickstartFlags) string {
	t.Helper()
	var out bytes.Buffer
	if err := f.askSite(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	p, err := f.protection(&out)
	if err != nil {
		t.Fatal(err)
	}
	text, err := f.configuration(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestQuickstart_host: the server behind the site's name is asked for the site by its name.
func TestQuickstart_host(t *testing.T) {
	server := siteWith(t, map[string]document{"blog.example/wp-json/": {"https://blog.example", "https://blog.example", ""}})
	f := quickstartFlags{site: "https://blog.example", upstream: server, types: all.Types(), dialect: "wpjwt"}
	if got := written(t, &f); f.facts.home != "https://blog.example" || !strings.Contains(got, `issuer: "https://blog.example"`) {
		t.Errorf("got the facts %+v, want home and issuer https://blog.example", f.facts)
	}
}

// TestQuickstart_network: the sites of a network are in rest_path where they share its host,
// and users are those of the site.
func TestQuickstart_network(t *testing.T) {
	f := quickstartFlags{site: shop, offline: true, types: all.Types(), dialect: "wpjwt", prefix: "x_", upstream: "http://10.0.0.5", sites: []wordpress.NetworkSite{
		{Number: 1, Host: "shop.example", Path: "/"}, {Number: 2, Host: "shop.example", Path: "/de/"}, {Number: 3, Host: "fr.shop.example", Path: "/"},
		{Number: 4, Host: "it.shop.example", Path: "/$(id);it's\n\x1b/"},
	}}
	got := written(t, &f)
	for _, want := range []string{`rest_path: ["/wp-json", "/de/wp-json"]`, ", site: 1}"} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
	var out bytes.Buffer
	f.tellNetwork(&out)
	for _, want := range []string{
		"network: 4 sites", "site 2 at shop.example/de/:", "site 3 at fr.shop.example/:", "server.admin_listen", "wp-config.php",
		`mkdir site2 && cd site2 && cardea quickstart --wordpress https://shop.example/de --dsn "$(cat ../wordpress.dsn)" --prefix x_ --dialect wpjwt --upstream http://10.0.0.5` + "\n",
		`--wordpress https://fr.shop.example --dsn "$(cat ../wordpress.dsn)" --prefix x_ --dialect wpjwt --upstream http://10.0.0.5` + "\n",
		`--wordpress '"https://it.shop.example/$(id);it'\''s\n\x1b"' --dsn`, `site 4 at "it.shop.example/$(id);it's\n\x1b/":` + "\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("want %q in\n%s", want, &out)
		}
	}
	other := f
	other.site, other.facts = "https://shop.example/de", siteFacts{}
	got = written(t, &other)
	for _, want := range []string{`prefix: "/de", issuer: "https://shop.example/de"`, ", site: 2}"} {
		if !strings.Contains(got, want) {
			t.Errorf("of the other site: want %q in\n%s", want, got)
		}
	}
}

// TestAbout_compare: doctor compares the sites of a network with rest_path and users.
func TestAbout_compare(t *testing.T) {
	two := []wordpress.NetworkSite{{Number: 1, Host: "shop.example", Path: "/"}, {Number: 2, Host: "shop.example", Path: "/de/"}}
	for name, tc := range map[string]struct {
		sites []wordpress.NetworkSite
		site  int
		rest  config.Texts
		want  string
	}{
		"alone":                 {nil, 0, nil, "no network"},
		"alone, with a number":  {nil, 1, nil, "is not a network"},
		"without a number":      {two, 0, config.Texts{"/wp-json", "/de/wp-json"}, "is site 1 of a network, and users wp has site 0"},
		"another's number":      {two, 2, config.Texts{"/wp-json", "/de/wp-json"}, "set site: 1"},
		"a site without a path": {two, 1, config.Texts{"/wp-json"}, "add /de/wp-json to rest_path"},
		"complete":              {two, 1, config.Texts{"/wp-json", "/de/wp-json"}, "2 sites"},
	} {
		a := about{siteFacts: siteFacts{home: shop, rest: "/wp-json"}, upstreams: []string{"wp"}, cfg: &config.Config{Upstreams: map[string]config.Upstream{"wp": {RESTPath: tc.rest}}}}
		if f := a.compare(tc.sites, config.UserDirectory{Name: "wp", Site: tc.site}); !strings.Contains(f.wrong+f.note+f.cure, tc.want) {
			t.Errorf("%s: got %+v, want %q", name, f, tc.want)
		}
	}
}

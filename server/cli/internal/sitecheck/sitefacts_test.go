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

// TestQuickstart_network: the sites of a network that share the host are served, each with
// its own users, issuer and rules; the output has commands for the others.
func TestQuickstart_network(t *testing.T) {
	f := quickstartFlags{site: shop, offline: true, types: all.Types(), dialect: "wpjwt", prefix: "x_", upstream: "http://10.0.0.5", sites: []wordpress.NetworkSite{
		{Number: 1, Host: "shop.example", Path: "/"}, {Number: 2, Host: "shop.example", Path: "/de/"}, {Number: 3, Host: "fr.shop.example", Path: "/"},
		{Number: 4, Host: "it.shop.example", Path: "/$(id);it's\n\x1b/"}, {Number: 5, Host: "shop.example", Path: "/$(id)/"},
	}}
	const main, second = `{name: site, dialect: wpjwt, prefix: "", directory: wordpress, issuer: "https://shop.example", access_life: 7d}`,
		`{name: site2, dialect: wpjwt, prefix: "/de", directory: site2, issuer: "https://shop.example/de", access_life: 7d}`
	var out bytes.Buffer
	for name, tc := range map[string]struct {
		change      func(*quickstartFlags)
		want, never []string
		says        []string
	}{
		"all": {func(*quickstartFlags) {}, []string{
			`prefix: "x_", site: 1}`, `name: site2, dsn_file: wordpress.dsn, prefix: "x_", site: 2}`, main, second, "dialect: native, directory: wordpress",
			`directory: wordpress, identity: assertion, audience: "https://shop.example", rest_path: ["/wp-json", "/de/wp-json", "/$(id)/wp-json"]}`,
			`site2: {url: "http://10.0.0.5", directory: site2, identity: assertion, audience: "https://shop.example", rest_path: "/de/wp-json"}`,
			"{name: site, path: /**, access: optional, upstream: wordpress}", "{name: site2-site, path: /de/**, access: optional, upstream: site2}",
		}, []string{"site3", "site5"}, []string{
			"network: 5 sites", "site 2 at shop.example/de/: served too, by mount and upstream site2\n", "site 3 at fr.shop.example/:", "server.admin_listen", "wp-config.php", "site 5 at shop.example/$(id)/:\n",
			`--wordpress https://fr.shop.example --dsn "$(cat ../wordpress.dsn)" --prefix x_ --dialect wpjwt --upstream http://10.0.0.5` + "\n",
			`--wordpress '"https://it.shop.example/$(id);it'\''s\n\x1b"' --dsn`, `site 4 at "it.shop.example/$(id);it's\n\x1b/":` + "\n",
		}},
		"from another site": {func(f *quickstartFlags) { f.site = "https://shop.example/de" }, []string{
			`prefix: "x_", site: 2}`, `name: site1, dsn_file: wordpress.dsn, prefix: "x_", site: 1}`, `{name: site, dialect: wpjwt, prefix: "/de", directory: wordpress, issuer: "https://shop.example/de"`,
			`{name: site1, dialect: wpjwt, prefix: "", directory: site1, issuer: "https://shop.example", access_life: 7d}`,
			"{name: site, path: /de/**, access: optional, upstream: wordpress}", "{name: site1-site, path: /**, access: optional, upstream: site1}",
		}, nil, []string{"site 1 at shop.example/: served too"}},
		"a plugin with rules for pages": {func(f *quickstartFlags) { f.dialect = "usefulteam" }, []string{
			"{name: rest, path: /wp-json/**, access: optional, upstream: wordpress}", "{name: site, path: /**, access: public, upstream: wordpress}",
			"{name: site2-rest, path: /de/wp-json/**, access: optional, upstream: site2}", "{name: site2-site, path: /de/**, access: public, upstream: site2}",
		}, nil, nil},
		"a secret": {func(f *quickstartFlags) { f.secretFile = "s" }, []string{
			`issuer: "https://shop.example", secret_file: "s", access_life: 7d}`, `issuer: "https://shop.example/de", secret_file: "s", access_life: 7d}`,
		}, nil, nil},
		"tokens without an issuer": {func(f *quickstartFlags) { f.dialect = "miniorange" }, []string{`rest_path: ["/wp-json", "/de/wp-json", "/$(id)/wp-json"]}`}, []string{"site2"}, []string{
			`mkdir site2 && cd site2 && cardea quickstart --wordpress https://shop.example/de --dsn "$(cat ../wordpress.dsn)" --prefix x_ --dialect miniorange --upstream http://10.0.0.5` + "\n",
		}},
		"no plugin's dialect":     {func(f *quickstartFlags) { f.dialect = "native" }, nil, []string{"site2"}, []string{"mkdir site2"}},
		"a site of no network":    {func(f *quickstartFlags) { f.site = "https://other.example" }, nil, []string{"site2"}, []string{"none of them is https://other.example"}},
		"one site of the network": {func(f *quickstartFlags) { f.sites = f.sites[:1] }, []string{"identity: assertion"}, []string{"site2", "directory"}, []string{"network: 1 sites"}},
	} {
		changed := f
		tc.change(&changed)
		got := written(t, &changed)
		out.Reset()
		changed.tellNetwork(&out)
		for _, text := range tc.want {
			if !strings.Contains(got, text) {
				t.Errorf("%s: want %q in\n%s", name, text, got)
			}
		}
		for _, text := range tc.never {
			if strings.Contains(got, text) {
				t.Errorf("%s: %q in\n%s", name, text, got)
			}
		}
		for _, text := range tc.says {
			if !strings.Contains(out.String(), text) {
				t.Errorf("%s: want %q in\n%s", name, text, &out)
			}
		}
	}
}

// TestAbout_compare: doctor compares the sites of a network with rest_path and users.
func TestAbout_compare(t *testing.T) {
	two := []wordpress.NetworkSite{{Number: 1, Host: "shop.example", Path: "/"}, {Number: 2, Host: "shop.example", Path: "/de/"}}
	at := func(rest ...string) config.Upstream {
		return config.Upstream{Kind: "wordpress", RESTPath: rest, URL: "http://10.0.0.5"}
	}
	one := func(rest ...string) map[string]config.Upstream {
		return map[string]config.Upstream{"wp": at(rest...)}
	}
	each := map[string]config.Upstream{"wp": at("/wp-json"), "de": at("/de/wp-json")}
	rules := []config.Rule{{Name: "wp", Path: "/**", Upstream: "wp"}, {Name: "de", Path: "/de/**", Upstream: "de"}}
	for name, tc := range map[string]struct {
		sites     []wordpress.NetworkSite
		site      int
		upstreams map[string]config.Upstream
		rules     []config.Rule
		want      string
	}{
		"alone":                    {nil, 0, one("/wp-json"), nil, "no network"},
		"alone, with a number":     {nil, 1, one("/wp-json"), nil, "is not a network"},
		"without a number":         {two, 0, one("/wp-json", "/de/wp-json"), nil, "is site 1 of a network, and users wp has site 0"},
		"another's number":         {two, 2, one("/wp-json", "/de/wp-json"), nil, "set site: 1"},
		"a site without a path":    {two, 1, one("/wp-json"), nil, "add /de/wp-json to rest_path"},
		"complete":                 {two, 1, one("/wp-json", "/de/wp-json"), nil, "2 sites"},
		"an upstream for each":     {two, 1, each, rules, "2 sites"},
		"no rule for the upstream": {two, 1, each, rules[:1], "rest_path of upstream wp lacks /de/wp-json"},
		"a site of another host":   {[]wordpress.NetworkSite{two[0], {Number: 2, Host: "de.example", Path: "/de/"}}, 1, one("/wp-json"), nil, "2 sites"},
	} {
		a := about{siteFacts: siteFacts{home: shop, rest: "/wp-json"}, upstreams: []string{"wp"}, cfg: &config.Config{Upstreams: tc.upstreams, Rules: tc.rules}}
		if f := a.compare(tc.sites, config.UserDirectory{Name: "wp", Site: tc.site}); !strings.Contains(f.wrong+f.note+f.cure, tc.want) {
			t.Errorf("%s: got %+v, want %q", name, f, tc.want)
		}
	}
}

package cli

import (
	"bytes"
	"strings"
	"testing"
)

// TestDoctor_site: doctor compares what the site says of itself, and the plugin at the
// upstream, with the configuration.
func TestDoctor_site(t *testing.T) {
	const (
		root       = `{"home":"https://shop.example","url":"https://shop.example","namespaces":["wp/v2"]}`
		apart      = `{"home":"https://shop.example","url":"https://shop.example/wp","namespaces":["wp/v2"]}`
		required   = `{"code":"cardea_required"}`
		restricted = `{"status":"error","error":"Restricted"}`
		blog       = `{"home":"https://shop.example/blog","url":"https://shop.example/blog","namespaces":["wp/v2"]}`
	)
	pro := says(200, index("jwt-auth/v1", "/token", "/token/refresh", "/token/revoke"))
	const usual = "mounts: [{name: shop, dialect: wpjwt, issuer: \"https://shop.example\"}]\nupstreams: {wp: {url: UPSTREAM, kind: wordpress}}\n"
	for name, tc := range map[string]struct {
		text     string
		gateway  routes
		upstream routes
		bad      string
		want     string
	}{
		"as configured":       {usual, routes{"GET /wp-json/": says(200, root)}, routes{"GET /wp-json/": says(200, root)}, "", "ok   rest path        /wp-json"},
		"WordPress elsewhere": {usual, routes{"GET /wp-json/": says(200, apart)}, nil, "", "https://shop.example/wp, the address of WordPress, are refused: accept_issuers"},
		"which is accepted":   {strings.Replace(usual, "wpjwt,", "wpjwt, accept_issuers: [\"https://shop.example/wp\"],", 1), routes{"GET /wp-json/": says(200, apart)}, nil, "", "ok   issuer\n"},
		"another rest_path":   {strings.Replace(usual, "kind:", "rest_path: /api, kind:", 1), routes{"GET /wp-json/": says(200, root)}, nil, "rest path", `set rest_path: "/wp-json"`},
		"another prefix":      {strings.Replace(usual, "wpjwt,", "wpjwt, prefix: /x,", 1), routes{"GET /x/wp-json/": says(200, root, "Link", `<https://shop.example/wp-json/>; rel="https://api.w.org/"`), "GET /wp-json/": says(200, root)}, nil, "rest path", "mount shop is at /x/wp-json, and the REST API of the site is at /wp-json"},
		"Link leads astray":   {usual, routes{"GET /wp-json/": says(200, root, "Link", `<https://shop.example/blog/wp-json/>; rel="https://api.w.org/"`)}, nil, "rest path", "where it does not answer"},
		"another site":        {usual, routes{"GET /wp-json/": says(200, blog)}, nil, "issuer", `set issuer: "https://shop.example/blog"`},
		"another plugin":      {usual, routes{"GET /wp-json/": says(200, root)}, routes{"GET /wp-json/": says(200, root), "GET /wp-json/jwt-auth/v1": pro}, "plugin", "upstream wp has JWT Auth Pro, and mount shop has the dialect wpjwt"},
		"no plugin any more":  {usual, routes{"GET /wp-json/": says(200, root)}, routes{"GET /wp-json/": says(200, root), "GET /wp-json/jwt-auth/v1": nil}, "", "ok   plugin"},
		"a plugin that stays": {strings.Replace(strings.Replace(usual, "kind: wordpress", "identity: plugin-compat", 1), "issuer:", "secret: 0123456789abcdef0123456789abcdef, issuer:", 1), routes{"GET /wp-json/": says(200, root)}, routes{"GET /wp-json/": says(200, root), "GET /wp-json/jwt-auth/v1": nil}, "plugin", "no plugin of the dialect wpjwt is active there"},
		"a plugin that closes the index": {usual, routes{"GET /wp-json/": says(403, restricted)}, routes{"GET /wp-json/": says(403, restricted), "GET /wp-json/jwt-auth/v1": nil, "GET /wp-json/api/v1": says(200, index("api/v1", "/token", "/token-validate"))},
			"plugin", "upstream wp has JWT Authentication for WP REST APIs by miniOrange, and mount shop has the dialect wpjwt"},
		"a closed index to HEAD":     {usual, routes{"GET /wp-json/": says(200, root), "HEAD /wp-json/": says(403, "", "Content-Type", "application/json; charset=UTF-8")}, nil, "", "ok   proxies"},
		"an upstream that is closed": {usual, routes{"GET /wp-json/": says(200, root)}, routes{"GET /wp-json/": says(401, required), "GET /wp-json/jwt-auth/v1": says(401, required)}, "", "-    plugin"},
	} {
		t.Run(name, func(t *testing.T) {
			gateway := routes{"POST /wp-json/jwt-auth/v1/token/validate": says(403, `{"code":"jwt_auth_invalid_token"}`)}
			for route, h := range tc.gateway {
				gateway[route] = h
			}
			t.Chdir(t.TempDir())
			writeFile(t, "cardea.yaml", "server: {public_url: \"https://shop.example\"}\ndata: d\n"+strings.Replace(tc.text, "UPSTREAM", `"`+stub(t, tc.upstream)+`"`, 1))
			var out bytes.Buffer
			code := Program{}.run(t.Context(), []string{"doctor", stub(t, gateway)}, strings.NewReader(""), &out, &out)
			if said := out.String(); (code != 0) != (tc.bad != "") || !strings.Contains(said, tc.want) || tc.bad != "" && !strings.Contains(said, "BAD  "+tc.bad) {
				t.Errorf("exit %d\n%s\nwant %q and %q", code, said, tc.bad, tc.want)
			}
		})
	}
}

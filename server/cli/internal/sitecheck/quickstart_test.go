package sitecheck

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/dialect/all"
)

// TestQuickstart_plugin: the dialect is detected from the site's answers unless a flag
// names it.
func TestQuickstart_plugin(t *testing.T) {
	none := routes{"GET /wp-json/jwt-auth/v1": ""}
	of := func(route, answer string) routes {
		return routes{"GET /wp-json/jwt-auth/v1": "", route: answer}
	}
	for name, tc := range map[string]struct {
		site          string
		flag          string
		dialect, want string
	}{
		"the usual one": {stub(t, nil), "", "wpjwt", "found:   JWT Authentication for WP REST API, at http://"},
		"Pro":           {stub(t, of("GET /wp-json/jwt-auth/v1", index("jwt-auth/v1", "/token", "/token/refresh", "/token/revoke"))), "", "wpjwtpro", "found:   JWT Auth Pro"},
		"CoCart":        {stub(t, of("GET /wp-json/cocart/jwt", index("cocart/jwt", "/validate-token"))), "", "cocart", "found:   CoCart JWT"},
		"CoCart alone":  {stub(t, of("OPTIONS /wp-json/cocart/v2/login", index("cocart/v2"))), "", "wpjwt", "give --dialect cocart1"},
		"miniOrange":    {stub(t, of("GET /wp-json/api/v1", index("api/v1", "/token-validate"))), "", "miniorange", "miniOrange"},
		"none":          {stub(t, none), "", "wpjwt", "no JWT plugin that Cardea knows"},
		"told":          {stub(t, nil), "cocart1", "cocart1", "chosen:  dialect cocart1"},
		"no answer":     {"http://127.0.0.1:1", "", "wpjwt", "no answer from the site"},
	} {
		var out bytes.Buffer
		f := quickstartFlags{site: tc.site, dialect: tc.flag, types: all.Types()}
		if err := f.chooseDialect(t.Context(), &out); err != nil || f.dialect != tc.dialect || !strings.Contains(out.String(), tc.want) {
			t.Errorf("%s: got %q, error %v; want %q and %q in\n%s", name, f.dialect, err, tc.dialect, tc.want, &out)
		}
	}
}

type routes map[string]string

// stub is a site with the index of the usual plugin, except for the answers in broken; an
// empty answer means that there is no such route.
func stub(t *testing.T, broken routes) string {
	t.Helper()
	answers := routes{"GET /wp-json/jwt-auth/v1": index("jwt-auth/v1", "/token", "/token/validate")}
	maps.Copy(answers, broken)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer := answers[r.Method+" "+r.URL.Path]; answer != "" {
			fmt.Fprint(w, answer)
			return
		}
		http.Error(w, `{"code":"rest_no_route"}`, http.StatusNotFound)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// index returns the index of a plugin's namespace.
func index(namespace string, routes ...string) string {
	list := make([]string, len(routes))
	for i, path := range routes {
		list[i] = fmt.Sprintf("%q:{}", "/"+namespace+path)
	}
	return fmt.Sprintf(`{"namespace":%q,"routes":{%s}}`, namespace, strings.Join(list, ","))
}

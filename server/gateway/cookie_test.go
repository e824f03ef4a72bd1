package gateway

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
)

// TestServe_cookies: upstreams get all cookies except those with a refresh token.
func TestServe_cookies(t *testing.T) {
	token := "cdr_" + strings.Repeat("a", 22) + "_" + strings.Repeat("b", 43) + "_" + strings.Repeat("c", 6)
	g := newTestGateway(t, newEngine(t, route.Rule{Name: "all", Path: "/**"}), nil)
	for sent, want := range map[string]string{
		"a=b":                                         "a=b",
		"a=b;c = d ;  e":                              "a=b;c = d ;  e",
		"refresh_token=1.x; a=b":                      "refresh_token=1.x; a=b",
		"refresh_token=cdr_x; a=b":                    "refresh_token=cdr_x; a=b",
		"refresh_token=1." + token:                    "",
		"refresh_token=1." + token + "; a=b":          "a=b",
		"a=b; refresh_token=1." + token:               "a=b",
		"a=b; x=" + token + ";c = d":                  "a=b;c = d",
		"a=cdr_; refresh_token=\"cdr_" + token + "\"": "a=cdr_",
	} {
		g.get(t, "/x", valid, "Cookie: "+sent)
		if got := strings.Join(g.seen.take()[0].Headers["Cookie"], "|"); got != want {
			t.Errorf("%s: the upstream sees %q, want %q", sent, got, want)
		}
	}
}

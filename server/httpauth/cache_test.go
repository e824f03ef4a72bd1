package httpauth_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

func TestKeepPrivate(t *testing.T) {
	private := []string{"private"}
	for _, c := range []struct {
		name    string
		rule    route.Rule
		custom  string
		request api.Header
		answer  http.Header
		vary    []string
		cache   []string
	}{
		{"nobody", route.Rule{}, "", nil, nil, nil, nil},
		{"Authorization", route.Rule{}, "", api.Header{"Authorization": {"x"}}, nil, nil, nil},
		{"Authorization where a header is named", route.Rule{}, "X-Token", api.Header{"Authorization": {"x"}}, nil, nil, nil},
		{"API key", route.Rule{}, "", api.Header{"X-Api-Key": {"x"}}, nil, []string{"X-Api-Key"}, private},
		{"own header", route.Rule{}, "X-Token", api.Header{"X-Token": {"x"}}, nil, []string{"X-Token"}, private},
		{"own header is Authorization", route.Rule{}, "Authorization", api.Header{"Authorization": {"x"}}, nil, nil, nil},
		{"optional", route.Rule{Access: route.Optional}, "X-Token", api.Header{"X-Token": {"x"}}, nil, []string{"X-Token"}, private},
		{"public", route.Rule{Access: route.Public}, "X-Token", api.Header{"X-Token": {"x"}}, nil, nil, nil},
		{"public, passed on", route.Rule{Access: route.Public, ForwardCredential: true}, "X-Token", api.Header{"X-Token": {"x"}}, nil, []string{"X-Token"}, private},
		{"public answer", route.Rule{}, "", api.Header{"X-Api-Key": {"x"}}, http.Header{"Cache-Control": {"public, max-age=60"}}, []string{"X-Api-Key"}, []string{"public, max-age=60"}},
		{"no-store", route.Rule{}, "", api.Header{"X-Api-Key": {"x"}}, http.Header{"Cache-Control": {"no-store"}}, []string{"X-Api-Key"}, []string{"no-store"}},
		{"Expires", route.Rule{}, "", api.Header{"X-Api-Key": {"x"}}, http.Header{"Expires": {"0"}}, []string{"X-Api-Key"}, nil},
		{"Pragma", route.Rule{}, "", api.Header{"X-Api-Key": {"x"}}, http.Header{"Pragma": {"no-cache"}}, []string{"X-Api-Key"}, nil},
		{"Vary by another", route.Rule{}, "", api.Header{"X-Api-Key": {"x"}}, http.Header{"Vary": {"Accept"}}, []string{"Accept", "X-Api-Key"}, private},
		{"Vary by it", route.Rule{}, "", api.Header{"X-Api-Key": {"x"}}, http.Header{"Vary": {"Accept, x-api-key"}}, []string{"Accept, x-api-key"}, private},
		{"Vary by all", route.Rule{}, "", api.Header{"X-Api-Key": {"x"}}, http.Header{"Vary": {"*"}}, []string{"*"}, private},
	} {
		h := c.answer
		if h == nil {
			h = http.Header{}
		}
		a := api.Attempt{Header: c.request}
		a.Credential.Header = c.custom
		httpauth.KeepPrivate(h, &a, &c.rule)
		if !slices.Equal(h["Vary"], c.vary) || !slices.Equal(h["Cache-Control"], c.cache) {
			t.Errorf("%s: Vary %q, Cache-Control %q", c.name, h["Vary"], h["Cache-Control"])
		}
	}
}

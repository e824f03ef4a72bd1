package gateway

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestStrip_carriers: a credential is forwarded only if the rule says so, and only in the
// exact spelling of a header that the gateway reads. Other names that are not plain go.
func TestStrip_carriers(t *testing.T) {
	s, err := newStripper(nil, nil, 1, loopback)
	if err != nil {
		t.Fatal(err)
	}
	custom := route.HeaderSpec{Name: "X-Token"}
	for _, tc := range []struct {
		rule         route.Rule
		carrier      string
		kept, passed []string // without and with forward_credential
	}{
		{route.Rule{}, "Authorization", []string{"X-Plain", "X-Token", "Cookie"}, []string{"Authorization", "X-Api-Key"}},
		{route.Rule{}, "", []string{"X-Plain", "X-Token", "Cookie"}, []string{"Authorization", "X-Api-Key"}},
		{route.Rule{Header: custom}, "X-Token", []string{"X-Plain", "Cookie"}, []string{"Authorization", "X-Api-Key", "X-Token"}},
		{route.Rule{Header: custom}, "", []string{"X-Plain", "Cookie"}, []string{"Authorization", "X-Api-Key", "X-Token"}},
		{route.Rule{}, "X-Token", []string{"X-Plain", "Cookie"}, []string{"Authorization", "X-Api-Key", "X-Token"}}, // a mount's header
		{route.Rule{Header: route.HeaderSpec{Name: "X_token"}}, "X_token", []string{"X-Plain", "Cookie"}, []string{"Authorization", "X-Api-Key", "X_token"}},
	} {
		for _, forward := range []bool{false, true} {
			want := map[string]bool{}
			for _, name := range tc.kept {
				want[name] = true
			}
			for _, name := range tc.passed {
				want[name] = forward
			}
			h := http.Header{}
			for _, name := range []string{
				"X-Plain", "Cookie", "Authorization", "AUTHORIZATION", "authorization", "X-Api-Key", "X_Api_Key", "x-api-key", "X.Api.Key",
				"X~Api-Key", "X-Token", "X_Token", "X.Token", "x-token", "X_token",
			} {
				h[name] = []string{"v"}
			}
			sent := h.Clone()
			tc.rule.ForwardCredential = forward
			s.clientHeaders(httptest.NewRequest("GET", "/x", nil), &tc.rule).strip(h, &tc.rule, tc.carrier)
			for name := range sent {
				read := route.IsAlias(name, "Authorization") || route.IsAlias(name, "X-Api-Key") || route.IsAlias(name, tc.rule.Header.Name) || route.IsAlias(name, tc.carrier)
				if _, kept := h[name]; kept != (want[name] || !read && route.IsPlainName(name)) {
					t.Errorf("header %q of the rule, %q carried, forward %v: %s kept: %v", tc.rule.Header.Name, tc.carrier, forward, name, kept)
				}
			}
		}
	}
}

// carrying is an engine whose rules and sites read credentials from one header.
type carrying struct{ name string }

func (c carrying) Carries(name string) bool { return route.IsAlias(name, c.name) }

func (carrying) RuleAt(*api.Attempt, string, string) (*route.Rule, bool) { return nil, false }

// TestStrip_carriedElsewhere: a token in the header of another rule or site does not reach
// the application, also if the rule forwards credentials.
func TestStrip_carriedElsewhere(t *testing.T) {
	s, err := newStripper(nil, nil, 1, loopback)
	if err != nil {
		t.Fatal(err)
	}
	s.ruler = carrying{"X-Shop-Token"}
	for _, rule := range []route.Rule{{}, {Header: route.HeaderSpec{Name: "X-Rule-Token"}}, {ForwardCredential: true}} {
		h := http.Header{"X-Shop-Token": {"v"}, "X_shop_token": {"v"}, "X-Plain": {"v"}}
		s.clientHeaders(httptest.NewRequest("GET", "/x", nil), &rule).strip(h, &rule, "Authorization")
		if len(h) != 1 || h["X-Plain"] == nil {
			t.Errorf("under %+v the application gets %v", rule, h)
		}
	}
}

package core_test

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/coretest"
	"github.com/cardea-auth/cardea/core/route"
)

// TestAdmin_Policy: Policy returns the policy in force with its defaults, also after a
// reload. Changing the returned copy has no effect.
func TestAdmin_Policy(t *testing.T) {
	rules := []route.Rule{{Name: "all", Path: "/**", Access: route.Required}}
	e, _ := coretest.New(t, core.Config{Policy: core.Policy{Rules: rules}})
	p := e.Admin().Policy()
	if len(p.Rules) != 1 || p.Rules[0].Name != "all" || len(p.Methods) != 1 || p.Hooks != e.Hooks() {
		t.Errorf("in force is %+v", p)
	}
	if p.Tokens.AccessTTL <= 0 || p.MaxStaleness != 5*time.Second || p.WhenStale != core.StaleClosed {
		t.Errorf("the defaults are %+v, %s, %s", p.Tokens, p.MaxStaleness, p.WhenStale)
	}

	p.Rules[0].Name, p.Methods[0].Name = "another", "another"
	if again := e.Admin().Policy(); again.Rules[0].Name != "all" || again.Methods[0].Name == "another" {
		t.Error("who reads the policy can change it")
	}

	p = e.Admin().Policy()
	p.Rules = []route.Rule{{Name: "open", Path: "/**", Access: route.Public}}
	if err := e.Reload(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if p := e.Admin().Policy(); p.Rules[0].Name != "open" {
		t.Errorf("after a reload rule %q is in force", p.Rules[0].Name)
	}
}

// TestPolicy_own: the engine copies the lists of a policy. Changing those that were passed
// in or returned does not change what is refused.
func TestPolicy_own(t *testing.T) {
	given := core.Policy{
		Rules:  []route.Rule{{Name: "all", Path: "/**", Roles: []string{"administrator"}}},
		Tokens: core.TokenPolicy{RefuseRoles: []string{"subscriber"}},
	}
	given.Sites = []core.Site{{Name: "site", RefuseBasic: []string{"editor"}}}
	h := newTestEngine(t, func(c *core.Config) {
		given.Methods = chain()
		given.Methods[0].RefuseRoles = []string{"subscriber"}
		c.Policy = given
	})
	read := h.Admin().Policy()
	for name, p := range map[string]core.Policy{"given": given, "read": read} {
		p.Rules[0].Roles[0] = "subscriber"
		p.Tokens.RefuseRoles[0], p.Sites[0].RefuseBasic[0], p.Methods[0].RefuseRoles[0] = "nobody", "nobody", "nobody"
		for _, login := range []string{"alice", "bob"} {
			if d := h.decide("/x", basicHeader(login, password)); api.ReasonOf(errorOf(d)) != api.ReasonRoleRefused {
				t.Errorf("the policy that was %s is changed, and %s passes Basic: %v", name, login, errorOf(d))
			}
		}
		if _, err := h.Tokens().Login(t.Context(), core.LoginRequest{Login: "bob", Password: password}); api.ReasonOf(err) != api.ReasonRoleRefused {
			t.Errorf("the policy that was %s is changed, and bob's login says %v", name, err)
		}
	}
}

package compiled

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
)

// sitesFrom returns the sites of a compiled policy, in order.
func sitesFrom(list []policy.Site) (made sites) {
	for _, s := range list {
		made = append(made, site{Site: s})
	}
	return made
}

// TestRefuseRoles_anySite: one of several sites that refuses is enough, and settings of
// other sites have no effect.
func TestRefuseRoles_anySite(t *testing.T) {
	id := &api.Identity{Roles: []string{"banned"}, Proof: api.Proof{TokenID: "t", TokenFormat: "l"}}
	refused := []string{"x", "banned"}
	for name, c := range map[string]struct {
		sites             []policy.Site
		everywhere        []string
		login, get, holds bool // that it is refused
	}{
		"nobody":                  {nil, nil, false, false, false},
		"everywhere":              {nil, refused, true, true, false},
		"everywhere, and a site":  {[]policy.Site{{Name: "s", TokenFormat: "l"}}, refused, true, true, false},
		"logins of the site":      {[]policy.Site{{Name: "s", TokenFormat: "l", RefuseLogin: refused}}, nil, true, true, false},
		"tokens of the site":      {[]policy.Site{{Name: "s", TokenFormat: "l", RefuseToken: refused}}, nil, true, true, true},
		"the first of two":        {[]policy.Site{{Name: "s", TokenFormat: "l", RefuseToken: refused}, {Name: "s", TokenFormat: "l"}}, nil, true, true, true},
		"the second of two":       {[]policy.Site{{Name: "s", TokenFormat: "l"}, {Name: "s", TokenFormat: "l", RefuseToken: refused}}, nil, true, true, true},
		"another site's logins":   {[]policy.Site{{Name: "o", TokenFormat: "o", RefuseLogin: refused}}, nil, false, false, false},
		"another site's tokens":   {[]policy.Site{{Name: "o", TokenFormat: "o", RefuseToken: refused}}, nil, false, false, false},
		"passwords alone":         {[]policy.Site{{Name: "s", TokenFormat: "l", RefuseBasic: refused}}, nil, false, false, false},
		"another role":            {[]policy.Site{{Name: "s", TokenFormat: "l", RefuseToken: []string{"x"}}}, []string{"y"}, false, false, false},
		"another of that name":    {[]policy.Site{{Name: "s", TokenFormat: "o", RefuseToken: refused}}, nil, true, false, false},
		"another of that format":  {[]policy.Site{{Name: "o", TokenFormat: "l", RefuseToken: refused}}, nil, false, true, true},
		"everywhere, another too": {[]policy.Site{{Name: "o", TokenFormat: "o"}, {Name: "p", TokenFormat: "p"}}, refused, true, true, false},
	} {
		p := &Policy{Sites: sitesFrom(c.sites)}
		p.Tokens.RefuseRoles = c.everywhere
		for what, got := range map[string]struct {
			err  error
			want bool
		}{"login": {p.CheckLogin(id, "s"), c.login}, "get": {p.CheckIssue(id, "l"), c.get}, "hold": {p.Sites.CheckToken(id), c.holds}} {
			if (got.err != nil) != got.want || got.err != nil && api.ReasonOf(got.err) != api.ReasonRoleRefused {
				t.Errorf("%s, %s: %v, want it refused: %v", name, what, got.err, got.want)
			}
		}
		without := *id
		without.Proof.TokenID = ""
		if err := p.Sites.CheckToken(&without); err != nil {
			t.Errorf("%s, no token: %v", name, err)
		}
	}
}

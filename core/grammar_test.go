package core_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
)

// TestDecide_bearerReader: unusual headers are read as the application reads them.
func TestDecide_bearerReader(t *testing.T) {
	exact := func(a *api.Attempt, value string) (string, core.Reading) {
		if strings.HasPrefix(a.Path, "/strict") {
			return "", core.ReadStrictly
		}
		text, ok := strings.CutPrefix(value, "Bearer")
		if !ok {
			return "", core.ReadNothing
		}
		return strings.TrimSpace(text), core.ReadBearer
	}
	for name, c := range map[string]struct {
		path   string
		header api.Header
		basic  bool // whether there is a method for it
		want   string
	}{
		"nothing":                     {"/x", nil, false, "nobody"},
		"overlooked scheme":           {"/x", api.Header{"Authorization": {"JWT abc"}}, false, "nobody"},
		"overlooked case":             {"/x", api.Header{"Authorization": {"bearer abc"}}, false, "nobody"},
		"overlooked, empty":           {"/x", api.Header{"Authorization": {""}}, false, "nobody"},
		"bad token":                   {"/x", api.Header{"Authorization": {"Bearer abc"}}, false, "token_malformed"},
		"bad token, no blank":         {"/x", api.Header{"Authorization": {"Bearerabc"}}, false, "token_malformed"},
		"bad token, a word after":     {"/x", api.Header{"Authorization": {"Bearer abc def"}}, false, "token_malformed"},
		"no token":                    {"/x", api.Header{"Authorization": {"Bearer "}}, false, "bad_credential"},
		"endless":                     {"/x", api.Header{"Authorization": {"Bearer\t" + strings.Repeat("x", 17<<10)}}, false, "bad_credential"},
		"Basic that nobody reads":     {"/x", api.Header{"Authorization": {"Basic YTpi"}}, false, "nobody"},
		"Basic with its method":       {"/x", api.Header{"Authorization": {"Basic YTpi"}}, true, "unknown_user"},
		"broken Basic, its method":    {"/x", api.Header{"Authorization": {"Basic ?"}}, true, "bad_credential"},
		"twice":                       {"/x", api.Header{"Authorization": {"JWT abc", "JWT abc"}}, false, "many_credentials"},
		"beside an API key":           {"/x", api.Header{"Authorization": {"JWT abc"}, "X-Api-Key": {"abc"}}, false, "many_credentials"},
		"elsewhere it stays strict":   {"/strict", api.Header{"Authorization": {"Bearer abc def"}}, false, "bad_credential"},
		"a scheme of the application": {"/strict", api.Header{"Authorization": {"JWT abc"}}, false, "nobody"},
		"a header of the rule's own":  {"/own", api.Header{"X-Token": {"abc"}}, false, "token_malformed"},
		"standard refused, odd, too":  {"/own", api.Header{"Authorization": {"JWT abc"}}, false, "bad_credential"},
		"a rule that wants somebody":  {"/wants", api.Header{"Authorization": {"JWT abc"}}, false, "no_credential"},
		"another scheme where wanted": {"/wants", api.Header{"Authorization": {"Basic YTpi"}}, false, "no_credential"},
	} {
		t.Run(name, func(t *testing.T) {
			p := core.Policy{
				Application: core.Application{Bearer: exact},
				Methods:     []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}},
				Rules: []route.Rule{
					{Name: "all", Path: "/**", Access: route.Optional},
					{Name: "own", Path: "/own", Access: route.Optional, Header: route.HeaderSpec{Name: "X-Token", RefuseStandard: true}},
					{Name: "wants", Path: "/wants"},
				},
			}
			if c.basic {
				p.Methods = append(p.Methods, core.NamedMethod{Name: "basic", Opener: basic.Config{}})
			}
			e, err := core.New(t.Context(), core.Config{Policy: p})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			d := e.Decide(t.Context(), &api.Attempt{Method: "GET", RawTarget: c.path, Host: "h", Header: c.header})
			got := "nobody"
			if d.Err != nil {
				got = d.Err.Reason
			}
			if got != c.want || d.Identity.Login != "" {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestDecide_accepts: a kind of credential can be refused by path.
func TestDecide_accepts(t *testing.T) {
	e, err := core.New(t.Context(), core.Config{Policy: core.Policy{
		Application: core.Application{Accepts: func(a *api.Attempt) bool { return a.Path != "/keys" || a.Credential.Kind == api.APIKeyKind }},
		Methods:     []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for path, want := range map[string]string{"/keys": "bad_credential", "/": "token_malformed"} {
		d := e.Decide(t.Context(), &api.Attempt{Method: "GET", RawTarget: path, Host: "h", Header: api.Header{"Authorization": {"Bearer abc"}}})
		if d.Err == nil || d.Err.Reason != want {
			t.Errorf("%s: got %v, want %s", path, d.Err, want)
		}
	}
	d := e.Decide(t.Context(), &api.Attempt{Method: "GET", RawTarget: "/keys", Host: "h"})
	if d.Err == nil || d.Err.Reason != "no_credential" {
		t.Errorf("without a credential: got %v", d.Err)
	}
}

// TestDecide_ignoresBadCredential: a rule may call a function to decide whether a bad
// credential is ignored; where access is required, it is not called.
func TestDecide_ignoresBadCredential(t *testing.T) {
	asked := core.Policy{
		Application: core.Application{IgnoreBadCredential: func(a *api.Attempt) bool { return a.Path != "/strict" }},
		Methods:     []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}},
		Rules: []route.Rule{
			{Name: "shut", Path: "/shut", OnBadToken: route.Asked},
			{Name: "firm", Path: "/firm", Access: route.Optional},
			{Name: "all", Path: "/**", Access: route.Optional, OnBadToken: route.Asked},
		},
	}
	nobody := asked
	nobody.IgnoreBadCredential = nil
	bad := api.Header{"Authorization": {"Bearer abc"}}
	many := api.Header{"Authorization": {"Bearer abc"}, "X-Api-Key": {"abc"}}
	for _, c := range []struct {
		policy core.Policy
		path   string
		header api.Header
		passes bool
	}{
		{asked, "/x", bad, true},
		{asked, "/x", many, false},
		{asked, "/strict", bad, false},
		{asked, "/strict", nil, true},
		{asked, "/firm", bad, false},
		{asked, "/shut", bad, false},
		{nobody, "/x", bad, false},
		{nobody, "/x", nil, true},
	} {
		e, err := core.New(t.Context(), core.Config{Policy: c.policy})
		if err != nil {
			t.Fatal(err)
		}
		d := e.Decide(t.Context(), &api.Attempt{Method: "GET", RawTarget: c.path, Host: "h", Header: c.header})
		if passes := d.Outcome == core.Allowed; passes != c.passes || !d.Anonymous() {
			t.Errorf("%s with %v: got %+v, want it to pass: %v", c.path, c.header, d, c.passes)
		}
		e.Close()
	}
}

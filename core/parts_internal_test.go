package core

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
)

// tokenFormatsPolicy returns a policy with each kind of token format.
func tokenFormatsPolicy() *compiled.Policy {
	whole := func(api.Claims) (api.Identity, bool, error) { return api.Identity{}, true, nil }
	part := func(api.Claims) (api.Identity, bool, error) { return api.Identity{}, false, nil }
	broken := func(api.Claims) (api.Identity, bool, error) { return api.Identity{}, true, errors.New("broken") }
	keys := func(context.Context, string, string) ([]api.Key, error) { return nil, nil }
	return &compiled.Policy{Hooks: NewHooks(), TokenFormats: []compiled.TokenFormat{
		{TokenFormat: TokenFormat{Name: policy.NativeName, Read: whole}},
		{TokenFormat: TokenFormat{Name: "number", Read: part}},
		{TokenFormat: TokenFormat{Name: "broken", Read: broken}},
		{TokenFormat: TokenFormat{Name: "issuer:x", Read: part, Verifying: keys}, SiteBound: true},
		{TokenFormat: TokenFormat{Name: "keyed", Read: part, Keys: []api.Key{{ID: "one"}, {ID: "two"}}}, SiteBound: true},
	}}
}

// TestSitesOf: a site's token is accepted there and at the sites that accept it; other
// credentials belong to no site.
func TestSitesOf(t *testing.T) {
	p := tokenFormatsPolicy()
	sites := []Site{{Name: "b", TokenFormat: "keyed"}, {Name: "a", TokenFormat: "number", AcceptsFrom: []string{"keyed"}}, {Name: "c", TokenFormat: policy.NativeName, AcceptsFrom: []string{"keyed"}}, {Name: "d", TokenFormat: "number"}}
	p.Sites = slices.Grow(p.Sites, len(sites))[:len(sites)]
	for i, s := range sites {
		p.Sites[i].Site = s
	}
	e := &Engine{env: &env.Env{}}
	e.tokens.e = e
	e.env.Policy.Store(p)
	for name, c := range map[string]struct {
		proof api.Proof
		want  string
	}{
		"a site's":       {api.Proof{TokenID: "t", TokenFormat: "keyed"}, "[a b] true"},
		"native":         {api.Proof{TokenID: "t", TokenFormat: policy.NativeName}, "[] false"},
		"of no site":     {api.Proof{TokenID: "t", TokenFormat: "number"}, "[] false"},
		"gone":           {api.Proof{TokenID: "t", TokenFormat: "gone"}, "[] false"},
		"no token":       {api.Proof{TokenFormat: "keyed"}, "[] false"},
		"a session only": {api.Proof{Session: "s", TokenFormat: "keyed"}, "[] false"},
	} {
		names, ok := e.Tokens().SitesOf(api.Identity{Proof: c.proof})
		if got := fmt.Sprint(names, ok); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestTolerates tests which errors leave a request anonymous under an optional rule.
func TestTolerates(t *testing.T) {
	yes, no := func(*api.Attempt) bool { return true }, func(*api.Attempt) bool { return false }
	bad, missing := api.E(api.Unauthenticated, api.ReasonTokenSignature, ""), api.E(api.Unauthenticated, api.ReasonNoCredential, "")
	for name, c := range map[string]struct {
		access route.Access
		on     string
		kind   api.Kind
		ignore func(*api.Attempt) bool
		err    error
		want   bool
	}{
		"nothing shown":                  {route.Optional, route.Deny, api.NoCredential, nil, missing, true},
		"something, nobody's":            {route.Optional, route.Deny, api.Bearer, nil, missing, false},
		"bad":                            {route.Optional, route.Deny, api.Bearer, nil, bad, false},
		"bad, nothing shown":             {route.Optional, route.Deny, api.NoCredential, nil, bad, false},
		"bad, as none":                   {route.Optional, route.Anonymous, api.Bearer, nil, bad, true},
		"bad, asked, nobody to ask":      {route.Optional, route.Asked, api.Bearer, nil, bad, false},
		"bad, asked, yes":                {route.Optional, route.Asked, api.Bearer, yes, bad, true},
		"bad, asked, no":                 {route.Optional, route.Asked, api.Bearer, no, bad, false},
		"bad, not asked":                 {route.Optional, route.Deny, api.Bearer, yes, bad, false},
		"required":                       {route.Required, route.Anonymous, api.NoCredential, yes, missing, false},
		"denied":                         {route.Optional, route.Anonymous, api.Bearer, yes, api.E(api.Denied, "", ""), false},
		"away":                           {route.Optional, route.Anonymous, api.Bearer, yes, api.E(api.Unavailable, "", ""), false},
		"two credentials":                {route.Optional, route.Anonymous, api.Bearer, yes, api.E(api.Unauthenticated, api.ReasonManyCredentials, ""), false},
		"a fault":                        {route.Optional, route.Anonymous, api.Bearer, yes, errors.New("x"), false},
		"something, nobody's, as none":   {route.Optional, route.Anonymous, api.Bearer, nil, missing, true},
		"something, nobody's, ask, none": {route.Optional, route.Asked, api.Bearer, nil, missing, false},
	} {
		p := &compiled.Policy{IgnoreBad: c.ignore}
		rule := &route.Rule{Access: c.access, OnBadToken: c.on}
		if got := tolerates(p, rule, &api.Attempt{Credential: api.Credential{Kind: c.kind}}, c.err); got != c.want {
			t.Errorf("%s: tolerates: got %v, want %v", name, got, c.want)
		}
	}
}

// TestStrictness: of two rules for a request, the stricter access applies.
func TestStrictness(t *testing.T) {
	order := []route.Access{route.Public, route.Optional, route.Required}
	for i, a := range order {
		for j, b := range order {
			if got := strictness(&route.Rule{Access: a}) > strictness(&route.Rule{Access: b}); got != (i > j) {
				t.Errorf("%s is stricter than %s: %v", a, b, got)
			}
		}
	}
	if strictness(&route.Rule{}) != strictness(&route.Rule{Access: route.Required}) {
		t.Error("no word on it is not the strictest")
	}
}

// TestNarrowerThan: another user, or one right less, makes a decision narrower.
func TestNarrowerThan(t *testing.T) {
	as := func(subject string, roles, scopes []string) Decision {
		return Decision{Identity: api.Identity{Subject: subject, Roles: roles, Scopes: scopes, Method: "m"}}
	}
	all := as("u", []string{"a", "b"}, []string{"r"})
	for name, c := range map[string]struct {
		d, other Decision
		want     bool
	}{
		"the same": {all, all, false}, "more": {all, as("u", []string{"a"}, nil), false}, "a role less": {as("u", []string{"a"}, []string{"r"}), all, true},
		"a scope less": {as("u", []string{"a", "b"}, nil), all, true}, "another user": {as("v", []string{"a", "b"}, []string{"r"}), all, true},
		"nobody": {Decision{}, all, true}, "than nobody": {all, Decision{}, false},
	} {
		if got := c.d.NarrowerThan(c.other); got != c.want {
			t.Errorf("%s: NarrowerThan: got %v, want %v", name, got, c.want)
		}
	}
}

// TestWarnWeak: a warning is logged for each weak secret of a token format.
func TestWarnWeak(t *testing.T) {
	var log bytes.Buffer
	warnWeak(slog.New(slog.NewTextHandler(&log, nil)), &compiled.Policy{TokenFormats: []compiled.TokenFormat{
		{TokenFormat: TokenFormat{Name: "one"}}, {TokenFormat: TokenFormat{Name: "two", Keys: []api.Key{{}}}}, {TokenFormat: TokenFormat{Name: "three", Keys: []api.Key{{}, {Weak: true}}}}, {TokenFormat: TokenFormat{Name: "four", Keys: []api.Key{{Weak: true}}}},
	}})
	if got := log.String(); strings.Count(got, "weak secret") != 2 || !strings.Contains(got, "token_format=three") || !strings.Contains(got, "token_format=four") {
		t.Errorf("got the log %s, want a warning of the weak secrets of three and four", got)
	}
}

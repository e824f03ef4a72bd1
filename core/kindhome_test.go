package core_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/throttle"
)

// invented is a third party's method with its own kind of credential: login:password in
// base64url or, with subject, the subject of a user.
type invented struct {
	kind    api.Kind
	subject bool
	deps    core.Deps
}

func (m invented) Name() string            { return "invented" }
func (m invented) Kinds() []api.Kind       { return []api.Kind{m.kind} }
func (m invented) CacheFor() time.Duration { return time.Minute }

func (m invented) Authenticate(ctx context.Context, a api.Attempt) (api.Identity, error) {
	text := a.Credential.Text
	if m.kind == api.NoCredential {
		text = a.Header.Get("X-Invented")
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if text == "" || err != nil {
		return api.Identity{}, core.ErrNotMine
	}
	if m.subject {
		return m.deps.User(ctx, string(raw))
	}
	login, password, _ := strings.Cut(string(raw), ":")
	return m.deps.CheckPassword(ctx, login, api.Secret(password), api.Peer{})
}

// TestLogin_everyKind: whatever kind of credential is used, only users of the site's
// directory without a refused role can log in at a site. API keys and tokens that a method
// verifies by itself are not logins.
func TestLogin_everyKind(t *testing.T) {
	for name, c := range map[string]struct {
		kind    api.Kind
		subject bool
		header  string
		value   string // before the text
		login   bool
	}{
		"a scheme with a password":       {"invented", false, "Authorization", "Invented ", true},
		"a scheme with a subject":        {"invented", true, "Authorization", "Invented ", true},
		"a header with a password":       {api.NoCredential, false, "X-Invented", "", true},
		"a header with a subject":        {api.NoCredential, true, "X-Invented", "", true},
		"a bearer text with a password":  {api.Bearer, false, "Authorization", "Bearer ", true},
		"a key with a password":          {api.APIKeyKind, false, "X-Api-Key", "", true},
		"a bearer text known by itself":  {api.Bearer, true, "Authorization", "Bearer ", false},
		"an API key that is its user's":  {api.APIKeyKind, true, "X-Api-Key", "", false},
		"a key in the scheme for it all": {api.APIKeyKind, true, "Authorization", "ApiKey ", false},
	} {
		w := newTestSites(t, func(cfg *core.Config) {
			cfg.Guessing = throttle.After(0)
			cfg.Policy.Sites = append(cfg.Policy.Sites, core.Site{Name: "strict", Prefix: "/any/strict", RefuseBasic: []string{"subscriber"}})
			cfg.Policy.Sites = append(cfg.Policy.Sites, core.Site{Name: "inner", Prefix: "/any/shop", Directory: "shop"})
			cfg.Policy.Rules = []route.Rule{{Name: "all", Path: "/**"}}
			open := func(_ string, d core.Deps) (core.Method, error) { return invented{c.kind, c.subject, d}, nil }
			cfg.Policy.Methods = append([]core.NamedMethod{{Name: "invented", Opener: opener(open)}}, cfg.Policy.Methods...)
		})
		for _, try := range []struct {
			target, subject, text string
			passes                bool
		}{
			{"/any/x", "forum:1", "eve:forum pass", true},
			{"/any/shop/x", "forum:1", "eve:forum pass", !c.login},
			{"/any/x", "shop:1", "root:shop pass", true},
			{"/any/shop/x", "shop:1", "root:shop pass", true},
			{"/forum/x", "shop:1", "root:shop pass", !c.login},
			{"/any/x", "u_bob", "bob:" + password, true},
			{"/any/shop/x", "u_bob", "bob:" + password, !c.login},
			{"/any/strict/x", "u_bob", "bob:" + password, !c.login},
			{"/any/strict/x", "shop:1", "root:shop pass", true},
		} {
			text := try.text
			if c.subject {
				text = try.subject
			}
			for range 2 {
				d := w.Decide(t.Context(), get(try.target, api.Header{c.header: {c.value + base64.RawURLEncoding.EncodeToString([]byte(text))}}))
				if (d.Outcome == core.Allowed) != try.passes || d.Outcome == core.Allowed && d.Identity.Subject != try.subject {
					t.Errorf("%s, %s at %s: %v as %q (%v), want allowed: %v", name, try.subject, try.target, d.Outcome, d.Identity.Subject, errorOf(d), try.passes)
				}
			}
		}
	}
}

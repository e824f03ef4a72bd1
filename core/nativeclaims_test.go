package core_test

import (
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// TestNative_claims tests the required claims of a native token (RFC 9068) and their types.
// All tokens have a valid signature.
func TestNative_claims(t *testing.T) {
	h := newTestEngine(t, nil)
	whole := h.issue(h.alice.Identity("store")).Claims
	number := int64(7)
	for name, c := range map[string]struct {
		claims api.Claims
		passes bool
	}{
		"whole":                     {whole, true},
		"no iss":                    {whole.Without("iss"), false},
		"no sub":                    {whole.Without("sub"), false},
		"no iat":                    {whole.Without("iat"), false},
		"no exp":                    {whole.Without("exp"), false},
		"no jti":                    {whole.Without("jti"), false},
		"no nbf":                    {whole.Without("nbf"), true},
		"no sid":                    {whole.Without("sid"), true},
		"no gen":                    {whole.Without("gen"), true},
		"no uid":                    {whole.Without("uid"), true},
		"no login, of a user":       {whole.Without("preferred_username"), true},
		"no login, of nobody":       {whole.Without("preferred_username").With("sub", "u_nobody"), false},
		"no roles":                  {whole.Without("roles"), true},
		"empty jti":                 {whole.With("jti", ""), false},
		"empty sub":                 {whole.With("sub", ""), false},
		"sub is a number":           {whole.With("sub", number), false},
		"exp is a text":             {whole.With("exp", "x"), false},
		"iat is a text":             {whole.With("iat", "x"), false},
		"nbf is a text":             {whole.With("nbf", "x"), false},
		"roles is a text":           {whole.With("roles", "administrator"), false},
		"roles are numbers":         {whole.With("roles", []any{number}), false},
		"roles are null":            {whole.With("roles", nil), false},
		"another issuer":            {whole.With("iss", "cardea2"), false},
		"from tomorrow":             {whole.With("nbf", h.clock.Now().Unix()+1), false},
		"issued tomorrow":           {whole.With("iat", h.clock.Now().Unix()+1), false},
		"over":                      {whole.With("exp", h.clock.Now().Unix()), false},
		"longer than any":           {whole.With("exp", h.clock.Now().Unix()+30*24*3600+1), false},
		"as long as any":            {whole.With("exp", h.clock.Now().Unix()+30*24*3600), true},
		"another session's":         {whole.Without("preferred_username").With("sid", h.begin().Session), false},
		"a name that no header has": {whole.With("preferred_username", "a\nb"), false},
	} {
		text, err := token.Sign([]api.Claim{{Name: "typ", Value: "at+jwt"}, {Name: "kid", Value: h.Keys().Active().ID}}, c.claims, h.Keys().Active())
		h.must(err)
		d := h.decide("/api/x", bearer(text))
		if (d.Outcome == core.Allowed) != c.passes {
			t.Errorf("%s: got %v (%v), want allowed: %v", name, d.Outcome, d.Err, c.passes)
		}
		if slices.Contains([]string{"no iat", "no exp", "no jti"}, name) && api.ReasonOf(errorOf(d)) != api.ReasonTokenClaims {
			t.Errorf("%s: got %v, want an error that it is missing", name, d.Err)
		}
	}
	for typ, passes := range map[string]bool{"at+jwt": true, "AT+JWT": true, "application/at+jwt": true, "JWT": false, "": false, "jwt": false} {
		text, err := token.Sign([]api.Claim{{Name: "typ", Value: typ}, {Name: "kid", Value: h.Keys().Active().ID}}, whole, h.Keys().Active())
		h.must(err)
		if d := h.decide("/api/x", bearer(text)); (d.Outcome == core.Allowed) != passes {
			t.Errorf("typ %q: got %v (%v), want allowed: %v", typ, d.Outcome, d.Err, passes)
		}
	}
}

// TestNative_directory: a native token without a login has the roles that are both in the
// token and held by its user now.
func TestNative_directory(t *testing.T) {
	h := newTestEngine(t, nil)
	whole := h.issue(h.alice.Identity("store")).Claims.Without("preferred_username")
	for name, c := range map[string]struct {
		roles any
		admin bool
	}{
		"all":     {[]any{"administrator", "editor"}, true},
		"fewer":   {[]any{"editor"}, false},
		"none":    {[]any{}, false},
		"further": {[]any{"owner"}, false},
	} {
		text, err := token.Sign([]api.Claim{{Name: "typ", Value: "at+jwt"}}, whole.With("roles", c.roles), h.Keys().Active())
		h.must(err)
		if d := h.decide("/admin/x", bearer(text)); (d.Outcome == core.Allowed) != c.admin {
			t.Errorf("%s: %v as %v (%v)", name, d.Outcome, d.Identity.Roles, d.Err)
		}
		if d := h.decide("/api/x", bearer(text)); d.Identity.Login != "alice" {
			t.Errorf("%s: it is %q's (%v)", name, d.Identity.Login, d.Err)
		}
	}
}

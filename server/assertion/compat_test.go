package assertion

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// TestNewCompat refuses a token format without a signing key, and a site without a
// directory.
func TestNewCompat(t *testing.T) {
	secret := signer(t, "HS256")
	weak, public := secret, secret
	weak.Weak, public.Private = true, nil
	site := Site{"wp"}
	for want, c := range map[string]CompatConfig{
		"the mount has no secret": {Site: site}, "too weak to sign": {Site: site, TokenFormat: core.TokenFormat{Keys: []api.Key{weak}}}, "is too weak": {Site: site, TokenFormat: core.TokenFormat{Keys: []api.Key{public, secret}}},
		"in no directory of type wordpress": {TokenFormat: core.TokenFormat{Keys: []api.Key{secret}}},
	} {
		if v, err := NewCompat(c); v != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, %v, want %q", v, err, want)
		}
	}
	if v, err := NewCompat(CompatConfig{Site: site, TokenFormat: core.TokenFormat{Keys: []api.Key{secret}}}); err != nil || v.cfg.Now == nil || v.cfg.Rand == nil {
		t.Errorf("NewCompat: got %v, want no error and defaults for Now and Rand", err)
	}
}

// TestCompat_claims: the token contains exactly the claims of the token format.
func TestCompat_claims(t *testing.T) {
	secret := signer(t, "HS256")
	base := core.TokenFormat{
		Name: "l", Issuer: "https://x/y", Keys: []api.Key{secret}, Order: []string{"iss", "iat", "nbf", "exp", "gen", "sub", "login", "gone"},
		Head: []api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg"}, {Name: "kid", Value: "x"}}, Base: func(id api.Identity) api.Claims {
			return api.NewClaims(api.Claim{Name: "login", Value: id.Login}, api.Claim{Name: "more", Value: 1})
		},
	}
	number, slashes, composed := base, base, base
	number.Profile = token.Profile{NumberSubject: true}
	slashes.EscapeSlashes = true
	composed.Compose = func(r core.IssueRequest, jti string) api.Claims {
		return api.NewClaims(api.Claim{Name: "login", Value: fmt.Sprint(r.TokenFormat, r.Identity.Number, jti != "")})
	}
	const times = `"iat":40,"nbf":40,"exp":160,"gen":2`
	for name, tc := range map[string]struct {
		format core.TokenFormat
		want   string
	}{
		"text":     {base, `{"iss":"https://x/y",` + times + `,"sub":"wp:5","login":"anna"}`},
		"number":   {number, `{"iss":"https://x/y",` + times + `,"sub":5,"login":"anna"}`},
		"slashes":  {slashes, `{"iss":"https:\/\/x\/y",` + times + `,"sub":"wp:5","login":"anna"}`},
		"composed": {composed, `{"iss":"https://x/y",` + times + `,"sub":"wp:5","login":"l5 true"}`},
	} {
		v, err := NewCompat(CompatConfig{Site: Site{"wp"}, TokenFormat: tc.format, Now: func() time.Time { return time.Unix(100, 0) }})
		if err != nil {
			t.Fatal(err)
		}
		h, err := v.Credentials(t.Context(), nil, somebody(nil))
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(strings.TrimPrefix(h.Get("Authorization"), "Bearer "), ".")
		head, _ := base64.RawURLEncoding.DecodeString(parts[0])
		body, _ := base64.RawURLEncoding.DecodeString(parts[1])
		if string(head) != `{"typ":"JWT","alg":"HS256"}` || string(body) != tc.want {
			t.Errorf("%s: got %s %s, want %s", name, head, body, tc.want)
		}
		again, err := v.Credentials(t.Context(), nil, somebody(nil))
		if err != nil || !reflect.DeepEqual(again, h) {
			t.Errorf("%s: another token a moment later", name)
		}
		for what, change := range map[string]func(*api.Identity){
			"another user": func(id *api.Identity) { id.Subject = "wp:6" }, "another login": func(id *api.Identity) { id.Login = "b" }, "another generation": func(id *api.Identity) { id.Gen++ },
			"another token": func(id *api.Identity) { id.Proof.TokenID = "t" }, "another key": func(id *api.Identity) { id.Proof.APIKey = "k" },
		} {
			known := len(v.known)
			if _, err := v.Credentials(t.Context(), nil, somebody(change)); err != nil || len(v.known) != known+1 {
				t.Errorf("%s: %s has the token of the first (%v)", name, what, err)
			}
		}
	}
	if subject(api.Identity{Subject: "s"}, true) != "s" {
		t.Error("a user without a number has one")
	}
}

// TestCompat_keep: the cache is bounded.
func TestCompat_keep(t *testing.T) {
	v := &Compat{known: map[compatKey]compatToken{}}
	for i := range compatEntries {
		v.keep(compatKey{number: int64(i)}, compatToken{})
	}
	if len(v.known) != compatEntries {
		t.Errorf("%d are known", len(v.known))
	}
	if v.keep(compatKey{number: -1}, compatToken{}); len(v.known) != 1 {
		t.Errorf("%d are known", len(v.known))
	}
}

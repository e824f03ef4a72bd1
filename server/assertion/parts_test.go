package assertion

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

func somebody(change func(*api.Identity)) *core.Decision {
	id := api.Identity{Method: "jwt", Subject: "wp:5", Number: 9, Login: "anna", Roles: []string{"editor"}, Scopes: []string{"read"}, Gen: 2}
	if change != nil {
		change(&id)
	}
	return &core.Decision{Outcome: core.Allowed, Identity: id}
}

func narrowed(id *api.Identity) { id.Proof.Narrowed = true }

func signer(t *testing.T, algorithm string) api.Key {
	t.Helper()
	key, err := keys.Generate(algorithm, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestNewAssertion refuses a configuration without one of the required parts.
func TestNewAssertion(t *testing.T) {
	key := func() api.Key { return api.Key{} }
	for _, c := range []AssertionConfig{{}, {Audience: "a", Key: key}, {Issuer: "i", Key: key}, {Issuer: "i", Audience: "a"}} {
		if v, err := NewAssertion(c); v != nil || err == nil {
			t.Errorf("%+v gives an assertion", c)
		}
	}
	if v, err := NewAssertion(AssertionConfig{Issuer: "i", Audience: "a", Key: key}); err != nil || v.cfg.Now == nil || v.cfg.Rand == nil {
		t.Errorf("NewAssertion = %+v, %v; want defaults for Now and Rand", v, err)
	}
}

// TestAssertion_header: alg has its fixed position, and a restriction is a critical
// header.
func TestAssertion_header(t *testing.T) {
	key := signer(t, "EdDSA")
	v, err := NewAssertion(AssertionConfig{Issuer: "i", Audience: "a", Key: func() api.Key { return key }, Now: func() time.Time { return time.Unix(100, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		d            *core.Decision
		header, some string
	}{
		"nobody":   {&core.Decision{Outcome: core.Allowed}, `{"typ":"cardea-assertion+jwt","alg":"EdDSA","kid":"%s"}`, `"htq":`},
		"somebody": {somebody(nil), `{"typ":"cardea-assertion+jwt","alg":"EdDSA","kid":"%s"}`, `"login":"anna"}`},
		"narrowed": {somebody(narrowed), `{"typ":"cardea-assertion+jwt","alg":"EdDSA","kid":"%s","crit":["narrowed"],"narrowed":true}`, `"login":"anna","roles":["editor"],"scopes":["read"]}`},
		"nothing left": {somebody(func(id *api.Identity) { narrowed(id); id.Roles, id.Scopes = nil, nil }),
			`{"typ":"cardea-assertion+jwt","alg":"EdDSA","kid":"%s","crit":["narrowed"],"narrowed":true}`, `"roles":[],"scopes":[]}`},
		"nobody, narrowed": {&core.Decision{Outcome: core.Allowed, Identity: api.Identity{Proof: api.Proof{Narrowed: true}}}, `{"typ":"cardea-assertion+jwt","alg":"EdDSA","kid":"%s"}`, `"htq":`},
	} {
		h, err := v.Credentials(t.Context(), &api.Attempt{Method: "GET", Path: "/"}, tc.d)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		parts := strings.Split(h.Get(AssertionHeader), ".")
		head, _ := base64.RawURLEncoding.DecodeString(parts[0])
		body, _ := base64.RawURLEncoding.DecodeString(parts[1])
		if want := fmt.Sprintf(tc.header, key.ID); string(head) != want || !strings.Contains(string(body), tc.some) {
			t.Errorf("%s: got %s %s, want %s with %s", name, head, body, want, tc.some)
		}
	}
}

// TestCredentials_failing: if an identity cannot be expressed, nothing is sent.
func TestCredentials_failing(t *testing.T) {
	broken := errors.New("broken")
	a := &api.Attempt{Method: "GET", Path: "/"}
	secret, pair := signer(t, "HS256"), signer(t, "EdDSA")
	format := core.TokenFormat{Keys: []api.Key{secret}, Order: []string{"sub"}}
	assertion := func(c AssertionConfig) *Assertion {
		c.Issuer, c.Audience = "i", "a"
		v, err := NewAssertion(c)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	compat := func(c CompatConfig) *Compat {
		c.Site = Site{"wp"}
		v, err := NewCompat(c)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	long := format
	long.Base = func(api.Identity) api.Claims {
		return api.NewClaims(api.Claim{Name: "sub", Value: 1}, api.Claim{Name: "x", Value: func() {}})
	}
	long.Order = []string{"x"}
	unfit := func(id *api.Identity) { id.Subject = "blog:5" }
	for name, tc := range map[string]struct {
		v interface {
			Credentials(ctx context.Context, a *api.Attempt, d *core.Decision) (api.Header, error)
		}
		a    *api.Attempt
		d    *core.Decision
		want string
	}{
		"assertion, no randomness":     {assertion(AssertionConfig{Key: func() api.Key { return pair }, Rand: iotest.ErrReader(broken)}), a, somebody(nil), "read randomness: broken"},
		"assertion, no private key":    {assertion(AssertionConfig{Key: func() api.Key { return api.Key{Algorithm: "EdDSA", Public: pair.Public} }}), a, somebody(nil), "sign assertion: "},
		"assertion, not a user":        {assertion(AssertionConfig{Key: func() api.Key { return pair }, Site: Site{"wp"}}), a, somebody(unfit), api.ReasonNotAUser},
		"assertion, two methods":       {assertion(AssertionConfig{Key: func() api.Key { return pair }}), &api.Attempt{Method: "GET", Path: "/", Query: "_method=a&_method=b"}, somebody(nil), "stands twice"},
		"compat, no randomness":        {compat(CompatConfig{TokenFormat: format, Rand: iotest.ErrReader(broken)}), a, somebody(nil), "sign for the plugin: read randomness: broken"},
		"compat, a claim that is none": {compat(CompatConfig{TokenFormat: long}), a, somebody(nil), "sign for the plugin: "},
		"compat, narrowed":             {compat(CompatConfig{TokenFormat: format}), a, somebody(narrowed), api.ReasonNarrowed},
		"compat, not a user":           {compat(CompatConfig{TokenFormat: format}), a, somebody(unfit), api.ReasonNotAUser},
	} {
		if h, err := tc.v.Credentials(t.Context(), tc.a, tc.d); h != nil || err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, %v, want %q", name, h, err, tc.want)
		}
	}
}

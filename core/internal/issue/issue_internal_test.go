package issue

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/policy"
)

func textClaims(pairs ...string) api.Claims {
	var list []api.Claim
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, api.Claim{Name: pairs[i], Value: pairs[i+1]})
	}
	return api.NewClaims(list...)
}

// forgeable returns the draft of a token that identifies user and client by its own claims,
// and is bound to a device.
func forgeable() *draft {
	return &draft{format: &compiled.TokenFormat{TokenFormat: policy.TokenFormat{
		Order: []string{"who", "number", "name", "client", "device"},
		Read: func(c api.Claims) (api.Identity, bool, error) {
			if c.String("who") == "unreadable" {
				return api.Identity{}, false, errors.New("unreadable")
			}
			return api.Identity{Subject: c.String("who"), Number: int64(len(c.String("number"))), Login: c.String("name"), Client: c.String("client")}, true, nil
		},
		Bound: func(c api.Claims) string { return c.String("device") },
	}}}
}

// TestUnforged: a hook may remove redundant claims of a user, and may not change whom a
// token identifies; the error names the claim.
func TestUnforged(t *testing.T) {
	base := textClaims("who", "u", "number", "xx", "name", "n", "client", "c", "device", "d", "more", "m")
	for name, c := range map[string]struct {
		after api.Claims
		claim string // "": it is good
	}{
		"as it was":         {base, ""},
		"something else":    {base.With("more", "other"), ""},
		"no number":         {base.Without("number"), ""},
		"no name":           {base.Without("name"), ""},
		"another subject":   {base.With("who", "eve"), "claim.who"},
		"no subject":        {base.Without("who"), "claim.who"},
		"another number":    {base.With("number", "x"), "claim.number"},
		"another name":      {base.With("name", "eve"), "claim.name"},
		"another client":    {base.With("client", "eve"), "claim.client"},
		"no client":         {base.Without("client"), "claim.client"},
		"another device":    {base.With("device", "eve"), "claim.device"},
		"no device":         {base.Without("device"), "claim.device"},
		"not to be read":    {base.With("who", "unreadable"), "claim.who"},
		"the second of two": {base.With("more", "other").With("client", "eve"), "claim.client"},
		"the first of two":  {base.With("name", "eve").With("client", "eve"), "claim.name"},
	} {
		d := forgeable()
		err := d.unforged(base, d.stamp(c.after))
		if (err == nil) != (c.claim == "") {
			t.Errorf("%s: got %v, want an error: %v", name, err, c.claim != "")
		}
		if got := (claimsJudge{d: d, base: base}).forger(base, c.after); err != nil && got != c.claim {
			t.Errorf("%s: %s is named", name, got)
		}
	}
	d := forgeable()
	d.r.Identity = api.Identity{Subject: "u", Number: 2, Login: "n", Client: "c"}
	for who, good := range map[string]bool{"unreadable": true, "u": true, "eve": false} {
		after := textClaims("who", who, "number", "xx", "name", "n", "client", "c")
		if err := d.unforged(textClaims("who", "unreadable"), after); (err == nil) != good {
			t.Errorf("not to be read before, and %s after: got %v, want an error: %v", who, err, !good)
		}
	}
}

// TestSigningKeys: a weak key or one without private part never signs; if a format's first
// key is weak, the ring signs.
func TestSigningKeys(t *testing.T) {
	ring, err := keys.Open(t.Context(), keys.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	e := &Issuer{Env: &env.Env{Keys: ring}}
	good, weak, public := api.Key{ID: "good", Algorithm: "HS256", Private: []byte("x")}, api.Key{ID: "weak", Weak: true, Private: []byte("x")}, api.Key{ID: "public"}
	for name, c := range map[string]struct {
		own  []api.Key
		want []string // nil: the ring's
	}{
		"none": {nil, nil}, "one": {[]api.Key{good}, []string{"good"}}, "a weak one": {[]api.Key{weak}, nil}, "a weak one first": {[]api.Key{weak, good}, nil},
		"a weak one beside it": {[]api.Key{good, weak}, []string{"good"}}, "one that cannot": {[]api.Key{good, public}, []string{"good"}},
	} {
		d := &draft{e: e, format: &compiled.TokenFormat{TokenFormat: policy.TokenFormat{Keys: c.own}}}
		var ids []string
		for _, k := range d.signing() {
			ids = append(ids, k.ID)
		}
		if want := c.want; want == nil && len(ids) > 0 && ids[0] == e.Keys.Signing()[0].ID {
			continue
		} else if !slices.Equal(ids, want) {
			t.Errorf("%s: %v, want %v", name, ids, want)
		}
	}
}

// TestAlgorithmJudge: the error about an unavailable algorithm lists the available ones.
func TestAlgorithmJudge(t *testing.T) {
	j := algorithmJudge{{Algorithm: "HS256"}, {Algorithm: "ES256"}}
	if err := j.accept(t.Context(), nil, &point.Algorithm{Algorithm: "ES256"}, true); err != nil {
		t.Error(err)
	}
	if err := j.accept(t.Context(), nil, &point.Algorithm{Algorithm: "RS256"}, true); err == nil || !strings.Contains(err.Error(), "HS256, ES256") {
		t.Errorf("accept: got %v, want an error with %q", err, "HS256, ES256")
	}
}

package keys

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestCheckRSA_exponent accepts odd exponents up to the bound.
func TestCheckRSA_exponent(t *testing.T) {
	most := maxRSAExponent // which is odd
	n := new(big.Int).SetBit(big.NewInt(1), minRSABits-1, 1)
	for e, want := range map[int]bool{
		0: false, 1: false, 2: false, 3: true, 4: false, 65537: true, most: true, most - 1: false, most + 1: false, most + 2: false,
	} {
		if err := checkRSA("RS256", &rsa.PublicKey{N: n, E: e}, nil); (err == nil) != want {
			t.Errorf("%d: checkRSA: got %v, want an error: %v", e, err, !want)
		}
	}
}

// TestRepetitive_short: a text no longer than a period does not repeat it.
func TestRepetitive_short(t *testing.T) {
	for text, want := range map[string]bool{"": true, "a": true, "ab": true, "abcdefg": true, "abcdefgh": false, "abcdefghi": false, "abcdefghabcdefgh": true, "abcdefghabcdefghi": false} {
		if got := repetitive([]byte(text)); got != want {
			t.Errorf("%q: repetitive: got %v, want %v", text, got, want)
		}
	}
}

// TestNumbers_primes: a private RSA key with more than two primes is refused.
func TestNumbers_primes(t *testing.T) {
	key, err := Generate("RS256", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := ExportJWK(key, true)
	if err != nil {
		t.Fatal(err)
	}
	members := map[string]any{}
	if err := json.Unmarshal(text, &members); err != nil {
		t.Fatal(err)
	}
	for _, oth := range []any{nil, []any{}, []any{map[string]any{"r": "AQAB"}}} {
		members["oth"] = oth
		text, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseJWK(text); err == nil || !strings.Contains(err.Error(), "two primes") {
			t.Errorf("%v: ParseJWK: got %v, want an error with %q", oth, err, "two primes")
		}
	}
}

// TestVerifyJWS_whose: a signature verifies with the key of its algorithm and id, or with
// any of its algorithm if it names none.
func TestVerifyJWS_whose(t *testing.T) {
	generate := func(algorithm, id string) api.Key {
		key, err := Generate(algorithm, nil)
		if err != nil {
			t.Fatal(err)
		}
		key.ID = id
		return key
	}
	a, b, other := generate("ES256", "a"), generate("ES256", "b"), generate("EdDSA", "a")
	nameless := a
	nameless.ID = ""
	for name, c := range map[string]struct {
		signer  api.Key
		trusted []api.Key
		kid     string // "": refused
		says    string
	}{
		"its key":                   {a, []api.Key{a}, "a", ""},
		"after others":              {a, []api.Key{other, b, a}, "a", ""},
		"another id":                {a, []api.Key{b}, "", "no trusted key"},
		"another algorithm, its id": {a, []api.Key{other}, "", "no trusted key"},
		"no id, among others":       {nameless, []api.Key{other, b, a}, "a", ""},
		"no id, not there":          {nameless, []api.Key{other, b}, "", "does not match"},
		"nobody trusted":            {a, nil, "", "no trusted key"},
	} {
		text, err := SignJWS([]byte("x"), "t", c.signer)
		if err != nil {
			t.Fatal(err)
		}
		payload, kid, err := VerifyJWS(text, "t", c.trusted)
		if kid != c.kid || (err == nil) != (string(payload) == "x") || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: by %q, %v", name, kid, err)
		}
	}
	for _, text := range []string{"!.x.y", "a.b.c", "YQ==.b.c", "", "a.b"} {
		if _, _, err := VerifyJWS([]byte(text), "t", []api.Key{a}); err == nil {
			t.Errorf("%q is signed", text)
		}
	}
}

// TestRemove_given: a key from the configuration cannot be removed, whether it signs or
// only verifies; the others can.
func TestRemove_given(t *testing.T) {
	beside, err := Generate("ES256", nil)
	if err != nil {
		t.Fatal(err)
	}
	verifies := api.Key{ID: beside.ID, Algorithm: beside.Algorithm, Public: beside.Public}
	r, err := Open(t.Context(), Config{Algorithm: "ES256", Besides: []api.Key{verifies}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Remove(t.Context(), beside.ID); err == nil || errors.Is(err, api.ErrNotFound) {
		t.Errorf("beside: %v", err)
	}
	if _, err := r.Remove(t.Context(), "unknown"); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("unknown: Remove(\"unknown\") = %v, want error %q", err, api.ErrNotFound)
	}
	if _, err := r.Remove(t.Context(), r.Active().ID); err != nil {
		t.Errorf("one of the ring: %v", err)
	}
	given, err := Open(t.Context(), Config{Given: []api.Key{beside}})
	if err != nil {
		t.Fatal(err)
	}
	for _, kid := range []string{beside.ID, "unknown"} {
		if _, err := given.Remove(t.Context(), kid); err == nil || errors.Is(err, api.ErrNotFound) {
			t.Errorf("given, %s: %v", kid, err)
		}
	}
	if _, found := given.Find(beside.ID); !found {
		t.Error("the given key was removed")
	}
}

// TestCheckAlso: further algorithms must be known and distinct, and need a first one.
func TestCheckAlso(t *testing.T) {
	for name, c := range map[string]struct {
		first string
		also  []string
		says  string
	}{
		"none": {"", nil, ""}, "one": {"ES256", []string{"EdDSA"}, ""}, "no first": {"", []string{"ES256"}, "without the first one"},
		"unknown": {"ES256", []string{"EdDSA", "XX256"}, "XX256"}, "the first again": {"ES256", []string{"ES256"}, "twice"}, "one twice": {"ES256", []string{"EdDSA", "EdDSA"}, "twice"},
	} {
		err := (&Config{Algorithm: c.first, Also: c.also}).checkAlso()
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want an error with %q (none if empty)", name, err, c.says)
		}
	}
}

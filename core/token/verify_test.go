package token_test

import (
	"sync"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/token"
)

func TestVerify_whichKey(t *testing.T) {
	es, other := mustGenerate(t, "ES256"), mustGenerate(t, "ES256")
	ed := mustGenerate(t, "EdDSA")
	nameless := es
	nameless.ID = ""
	imposter := other
	imposter.ID = es.ID
	wrongAlg := ed
	wrongAlg.ID = es.ID
	unfit := es
	unfit.Algorithm = "ES384"
	for _, c := range []struct {
		name   string
		keys   []api.Key
		reason string
	}{
		{"the one", []api.Key{es}, ""},
		{"among others", []api.Key{other, ed, es}, ""},
		{"a key without ID", []api.Key{nameless}, ""},
		{"none at all", nil, api.ReasonTokenKey},
		{"other kids", []api.Key{other, ed}, api.ReasonTokenKey},
		{"right kid, other algorithm", []api.Key{wrongAlg}, api.ReasonTokenAlgorithm},
		{"right kid, other key", []api.Key{imposter}, api.ReasonTokenSignature},
		{"the refusal that came furthest is told", []api.Key{imposter, wrongAlg}, api.ReasonTokenSignature},
		{"key on the wrong curve for its algorithm", []api.Key{unfit}, api.ReasonTokenKey},
		{"key without material", []api.Key{{ID: es.ID, Algorithm: "ES256"}}, api.ReasonTokenKey},
		{"key of no algorithm", []api.Key{{ID: es.ID, Algorithm: "none"}}, api.ReasonTokenAlgorithm},
	} {
		t.Run(c.name, func(t *testing.T) {
			tok, err := token.Parse(mustSign(t, es, benchClaims()))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tok.Verify(c.keys...); api.ReasonOf(err) != c.reason {
				t.Errorf("%v, want reason %q", err, c.reason)
			}
		})
	}
}

func TestVerify_manyKeysAreNotAllTried(t *testing.T) {
	right := hs256()
	right.ID = ""
	list := make([]api.Key, 16, 17)
	for i := range list {
		list[i] = mustGenerate(t, "HS256")
		list[i].ID = ""
	}
	tok, err := token.Parse(raw(plainHeader, `{}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tok.Verify(append(list[:15:15], right)...); err != nil {
		t.Errorf("sixteenth key: %v", err)
	}
	if _, err := tok.Verify(append(list, right)...); api.ReasonOf(err) != api.ReasonTokenSignature {
		t.Errorf("seventeenth key: %v, want it not to be tried", err)
	}
}

func TestVerify_weakSecret(t *testing.T) {
	weak, err := keys.VerifyOnly("", "HS256", "secret")
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": "a"}).SignedString([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	tok, err := token.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tok.Verify(weak); err != nil {
		t.Errorf("with leave: %v", err)
	}
	weak.Weak = false
	if _, err := tok.Verify(weak); api.ReasonOf(err) != api.ReasonTokenKey {
		t.Errorf("without leave: %v, want token_key", err)
	}
}

// TestSign_otherLibraryReads: golang-jwt's own methods verify our signatures.
func TestSign_otherLibraryReads(t *testing.T) {
	for _, alg := range keys.Algorithms() {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			key := mustGenerate(t, alg)
			text := mustSign(t, key, benchClaims())
			parser := jwt.NewParser(jwt.WithValidMethods([]string{alg}), jwt.WithStrictDecoding())
			if _, err := parser.Parse(text, func(*jwt.Token) (any, error) { return key.Public, nil }); err != nil {
				t.Errorf("golang-jwt: %v", err)
			}
			tok, err := token.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := tok.Verify(key); err != nil || got.ID != key.ID {
				t.Errorf("verified with %v, %v", got, err)
			}
		})
	}
}

func TestVerifier_concurrent(t *testing.T) {
	good, err := token.Parse(raw(plainHeader, `{"sub":"alice"}`))
	if err != nil {
		t.Fatal(err)
	}
	bad, err := token.Parse(raw(plainHeader, `{"sub":"admin"}`)[:57] + raw(plainHeader, `{"sub":"alice"}`)[57:])
	if err != nil {
		t.Fatal(err)
	}
	v := token.NewVerifier(hs256())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if _, err := v.Verify(good); err != nil {
					t.Error(err)
				}
				if _, err := v.Verify(bad); err == nil {
					t.Error("a mixed-up token verified")
				}
			}
		})
	}
	wg.Wait()
}

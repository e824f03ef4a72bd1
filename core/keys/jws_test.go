package keys_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

func TestJWS(t *testing.T) {
	for _, algorithm := range []string{"EdDSA", "ES256", "RS256"} {
		key, err := keys.Generate(algorithm, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		signed, err := keys.SignJWS([]byte("payload"), "thing", key)
		if err != nil {
			t.Fatal(err)
		}
		payload, kid, err := keys.VerifyJWS(append(signed, '\n'), "thing", []api.Key{key})
		if err != nil || string(payload) != "payload" || kid != key.ID {
			t.Errorf("%s: %q by %q, %v", algorithm, payload, kid, err)
		}
	}
}

func TestJWS_refuses(t *testing.T) {
	key, other := generate(t, "EdDSA"), generate(t, "EdDSA")
	signed, err := keys.SignJWS([]byte("payload"), "thing", key)
	if err != nil {
		t.Fatal(err)
	}
	sameName := other
	sameName.ID = key.ID
	parts := strings.Split(string(signed), ".")
	for _, test := range []struct {
		name, text, want string
		typ              string
		trusted          []api.Key
	}{
		{"another type", string(signed), `type "thing", want "other"`, "other", []api.Key{key}},
		{"another key", string(signed), "no trusted key", "thing", []api.Key{other}},
		{"no key", string(signed), "no trusted key", "thing", nil},
		{"another key of that name", string(signed), "does not match", "thing", []api.Key{sameName}},
		{"changed", parts[0] + ".cGF5bG9hZA0." + parts[2], "does not match", "thing", []api.Key{key}},
		{"no signature", parts[0] + "." + parts[1] + ".", "does not match", "thing", []api.Key{key}},
		{"two parts", parts[0] + "." + parts[1], "three parts", "thing", []api.Key{key}},
		{"alg none", "eyJhbGciOiJub25lIiwidHlwIjoidGhpbmcifQ." + parts[1] + ".", `algorithm "none"`, "thing", []api.Key{key}},
		{"shared secret", "eyJhbGciOiJIUzI1NiIsInR5cCI6InRoaW5nIn0." + parts[1] + "." + parts[2], `algorithm "HS256"`, "thing", []api.Key{key}},
		{"another member", "eyJhbGciOiJFZERTQSIsInR5cCI6InRoaW5nIiwiandrIjp7fX0." + parts[1] + "." + parts[2], "unknown field", "thing", []api.Key{key}},
		{"long", strings.Repeat("x", 300<<10), "more than", "thing", []api.Key{key}},
	} {
		_, _, err := keys.VerifyJWS([]byte(test.text), test.typ, test.trusted)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
	for _, bad := range []api.Key{{Algorithm: "HS256", Private: []byte("x"), Public: []byte("x")}, {ID: "public", Algorithm: key.Algorithm, Public: key.Public}} {
		if _, err := keys.SignJWS(nil, "thing", bad); err == nil {
			t.Errorf("%v signed", bad)
		}
	}
}

func generate(t *testing.T, algorithm string) api.Key {
	t.Helper()
	key, err := keys.Generate(algorithm, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

package token_test

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/token"
)

// These tests run the vectors of Project Wycheproof through both packages as the engine
// uses them: core/keys checks the keys, core/token the rest.

type joseVector struct {
	TcID         int
	Comment      string
	Jws, Jwe     json.RawMessage
	Result       string
	public, priv json.RawMessage
}

func joseVectors(t *testing.T, name string) []joseVector {
	t.Helper()
	var doc struct {
		TestGroups []struct {
			Private, Public json.RawMessage
			Tests           []joseVector
		}
	}
	readVectors(t, name, &doc)
	var list []joseVector
	for _, g := range doc.TestGroups {
		for _, v := range g.Tests {
			v.public, v.priv = g.Public, g.Private
			list = append(list, v)
		}
	}
	return list
}

func readVectors(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/wycheproof", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// accepts reports whether the vector's signature verifies with the vector's keys.
func (v joseVector) accepts() bool {
	set := v.public
	if set == nil {
		set = v.priv
	}
	if !json.Valid(set) {
		return false
	}
	var one struct{ Keys json.RawMessage }
	if json.Unmarshal(set, &one); one.Keys == nil {
		set = []byte(`{"keys":[` + string(set) + `]}`)
	}
	list, err := keys.ParseSet(set)
	if err != nil {
		return false
	}
	var text string
	if json.Unmarshal(v.Jws, &text) != nil {
		text = string(v.Jws) // the JSON serialisation
	}
	return token.VerifyJWS(text, list...) == nil
}

// exceptions are vectors of json_web_signature_test whose label does not apply here, with
// the reason.
func exceptions() map[int]string {
	return map[int]string{
		346: "labelled valid, but the key is bound to PS256 and the token says PS384",
		350: "as 346",
		347: `labelled valid, but the key's alg is "ES521", which is not an algorithm`,
		351: "as 347",
		367: "labelled invalid for padding that the file lost: byte for byte the valid 357",
		370: "as 367",
		372: `labelled valid, but has "?" inside base64url`,
		373: "as 372",
	}
}

func TestWycheproof_signatures(t *testing.T) {
	excepted := exceptions()
	var differ []int
	right := 0
	for _, v := range joseVectors(t, "json_web_signature_test.json") {
		if v.accepts() == (v.Result == "valid") {
			right++
			continue
		}
		differ = append(differ, v.TcID)
		if excepted[v.TcID] == "" {
			t.Errorf("#%d %s: accepted %v, labelled %s", v.TcID, v.Comment, v.accepts(), v.Result)
		}
	}
	if want := slices.Sorted(maps.Keys(excepted)); right != 393 || !slices.Equal(differ, want) {
		t.Errorf("%d as labelled, want 393; others %v, want %v", right, differ, want)
	}
}

func TestWycheproof_keySets(t *testing.T) {
	checkAll(t, "json_web_key_test.json", 26)
}

func TestWycheproof_crypto(t *testing.T) {
	checkAll(t, "json_web_crypto_test.json", 49)
}

// checkAll fails the test unless every JWS vector of the file has the labelled result.
func checkAll(t *testing.T, name string, want int) {
	t.Helper()
	right := 0
	for _, v := range joseVectors(t, name) {
		if v.Jws == nil {
			continue // an encrypted token
		}
		if got := v.accepts(); got != (v.Result == "valid") {
			t.Errorf("#%d %s: accepted %v, labelled %s", v.TcID, v.Comment, got, v.Result)
			continue
		}
		right++
	}
	if right != want {
		t.Errorf("%d vectors as labelled, want %d", right, want)
	}
}

func TestWycheproof_primitives(t *testing.T) {
	for _, c := range []struct {
		file, alg string
		cases     int
	}{
		{"ecdsa_secp256r1_sha256_p1363_test.json", "ES256", 262},
		{"ecdsa_secp384r1_sha384_p1363_test.json", "ES384", 280},
		{"ecdsa_secp521r1_sha512_p1363_test.json", "ES512", 318},
		{"ed25519_test.json", "EdDSA", 151},
		{"hmac_sha256_test.json", "HS256", 174},
		{"hmac_sha384_test.json", "HS384", 174},
		{"hmac_sha512_test.json", "HS512", 174},
		{"rsa_pss_2048_sha256_mgf1_32_test.json", "PS256", 108},
		{"rsa_signature_2048_sha256_test.json", "RS256", 259},
		{"rsa_signature_2048_sha512_test.json", "RS512", 259},
		{"rsa_signature_3072_sha256_test.json", "RS256", 259},
	} {
		t.Run(c.file, func(t *testing.T) {
			if got := primitives(t, c.file, c.alg); got != c.cases {
				t.Errorf("%d cases as labelled, want %d", got, c.cases)
			}
		})
	}
}

type primitive struct {
	TcID               int
	Comment, Result    string
	Key, Msg, Sig, Tag string
}

func primitives(t *testing.T, file, alg string) (right int) {
	t.Helper()
	var doc struct {
		TestGroups []struct {
			PublicKeyPem string
			TagSize      int
			Tests        []primitive
		}
	}
	readVectors(t, file, &doc)
	for _, g := range doc.TestGroups {
		for _, v := range g.Tests {
			key := api.Key{Algorithm: alg, Public: unhex(t, v.Key), Weak: true}
			if g.PublicKeyPem != "" {
				key = mustPEM(t, alg, g.PublicKeyPem)
			}
			err := token.VerifyRaw(unhex(t, v.Msg), unhex(t, v.Sig+v.Tag), key)
			// A truncated tag is valid for callers that truncate; a JWS must be complete.
			cut := g.TagSize > 0 && len(v.Tag)*4 < macBits(alg)
			// "acceptable" is a PKCS #1 encoding without NULL, which a JWS must not have.
			want := v.Result == "valid" && !cut
			if got := err == nil; got != want {
				t.Errorf("#%d %s: accepted %v, labelled %s", v.TcID, v.Comment, got, v.Result)
				continue
			}
			right++
		}
	}
	return right
}

func macBits(alg string) int { return map[string]int{"HS256": 256, "HS384": 384, "HS512": 512}[alg] }

func mustPEM(t *testing.T, alg, text string) api.Key {
	t.Helper()
	key, err := keys.ParsePEM("k", alg, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

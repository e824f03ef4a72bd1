package keys

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

const (
	octJWK = `"kty":"oct","k":"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY"`
	okpJWK = `"kty":"OKP","crv":"Ed25519","x":"O1aytoutg5iqKaq6ohUbEqxddDyHvVU8an2XghFcFZ4"`
	ecJWK  = `"kty":"EC","crv":"P-256","x":"t8LqVvZo0YDS9lU7Ul8RfMu5pzcKEl8tEkC21JhPyPI","y":"KewlGZGnHD0LNTayxXsSbSUH6_Fj8Mnrxg3sviQ9i8M"`
	// private is the EC key of RFC 7515, appendix A.3.
	privateJWK = `"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"`
)

// TestParseJWK: members that name, bind and restrict a key, good and bad.
func TestParseJWK(t *testing.T) {
	for text, want := range map[string]string{
		`{` + okpJWK + `}`: "EdDSA ", `{"kid":"k","alg":"EdDSA","use":"sig",` + okpJWK + `}`: "EdDSA k", `{"key_ops":["verify"],` + okpJWK + `}`: "EdDSA ",
		`{"key_ops":["sign"],` + okpJWK + `}`: "EdDSA ", `{"key_ops":["sign","verify"],` + okpJWK + `}`: "EdDSA ", `{` + octJWK + `}`: "HS256 ", `{` + ecJWK + `}`: "ES256 ",
		`{` + privateJWK + `}`:         "ES256  signs",
		`{"use":"enc",` + okpJWK + `}`: `use is "enc": not for signatures`, `{"key_ops":["encrypt"],` + okpJWK + `}`: "key_ops lack sign and verify", `{"key_ops":[],` + okpJWK + `}`: "key_ops lack",
		`{"kid":1,` + okpJWK + `}`: "member kid has the wrong type", `{"kid":null,` + okpJWK + `}`: "member kid", `{"alg":null,` + okpJWK + `}`: "member alg", `{"use":[],` + okpJWK + `}`: "member use",
		`{"key_ops":"verify",` + okpJWK + `}`: "member key_ops", `{"key_ops":null,` + okpJWK + `}`: "member key_ops",
		`{"kty":"EC"}`: "not a JWK of a known kind", `{}`: "not a JWK of a known kind", `{"kty":"OKP","crv":"Ed448","x":"AA"}`: "its numbers make no key",
		`[]`: "not a JSON object", ``: "not a JSON object", `{`: "EOF", `{"a"`: "EOF", `{"a":`: "EOF", `{"a":}`: "invalid", `{"a":1,}`: "invalid", `{"a":1`: "EOF", `{1:2}`: "invalid",
		`{"a":1,"a":1}`: `duplicate member "a"`, `{} {}`: "data after", `{}x`: "data after", `{"a":1]`: "invalid", `null`: "not a JSON object", `"a"`: "not a JSON object",
		`{"alg":"ES256",` + okpJWK + `}`: "no key for ES256",
	} {
		key, err := ParseJWK([]byte(text))
		got := key.Algorithm + " " + key.ID
		if key.CanSign() && !strings.HasPrefix(got, "HS") {
			got += " signs"
		}
		if err != nil {
			got = err.Error()
		}
		if got != want && !(err != nil && strings.HasPrefix(got, "read JWK: ") && strings.Contains(got, want)) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// TestParseSetFor: keys for tokens of somebody else's, which never sign.
func TestParseSetFor(t *testing.T) {
	set := `{"keys":[{"kid":"a",` + okpJWK + `},{"kid":"b",` + privateJWK + `},{"kid":"e","use":"enc",` + ecJWK + `}]}`
	for _, tc := range []struct {
		set        string
		algorithms []string
		want       string
	}{
		{set, []string{"EdDSA", "ES256"}, "EdDSA a, ES256 b"}, {set, []string{"ES256"}, "ES256 b"}, {set, []string{"RS256"}, "error"},
		{`{"keys":[{"alg":"EdDSA",` + okpJWK + `},{"kid":"b",` + ecJWK + `}]}`, []string{"ES256"}, "ES256 b"},
		{`{"keys":[{"kid":"a","alg":"EdDSA",` + okpJWK + `}]}`, []string{"ES256"}, "error"},
		{`{"keys":[{"kid":"s",` + octJWK + `}]}`, []string{"HS256"}, "HS256 s"}, {`{"keys":[{"kid":"s",` + octJWK + `}]}`, []string{"HS512"}, "error"},
		{`{`, []string{"ES256"}, "error"}, {`{"keys":[]}`, []string{"ES256"}, "error"},
		{`{"keys":[{` + okpJWK + `},{` + ecJWK + `}]}`, []string{"EdDSA", "ES256"}, "EdDSA , ES256 "}, // without kids they are two
	} {
		list, err := ParseSetFor([]byte(tc.set), tc.algorithms)
		var got []string
		for _, key := range list {
			got = append(got, key.Algorithm+" "+key.ID)
			if key.Private != nil {
				t.Errorf("%s: %v signs", tc.set, key)
			}
		}
		if err != nil {
			got = append(got, "error")
			if !strings.HasPrefix(err.Error(), "read JWK set: ") {
				t.Errorf("%s: got %v", tc.set, err)
			}
		}
		if strings.Join(got, ", ") != tc.want {
			t.Errorf("%s for %v: got %v, %v, want %s", tc.set, tc.algorithms, got, err, tc.want)
		}
	}
}

// TestSetMembers_bounds: the most keys and bytes that are read, and one more.
func TestSetMembers_bounds(t *testing.T) {
	keys := func(n int) string { return `{"keys":[` + strings.Repeat("{},", n-1) + `{}]}` }
	padded := func(n int) string { return `{"keys":[{}]` + strings.Repeat(" ", n-len(`{"keys":[{}]}`)) + `}` }
	for text, want := range map[string]string{
		keys(maxSetKeys): "", keys(maxSetKeys + 1): "129 keys, at most 128", padded(maxSetBytes): "", padded(maxSetBytes + 1): "524289 bytes, at most 524288",
		`{"keys":[]}`: "the set is empty", `{"keys":{}}`: `no array "keys"`, `{}`: `no array "keys"`, `{"keys":null}`: "", `{"keys":1}`: "no array",
	} {
		if _, err := setMembers([]byte(text)); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: got %v, want %q", text, err, want)
		}
	}
}

// TestReadRing: what a key file may say of keys, and what spoils it.
func TestReadRing(t *testing.T) {
	one := func(id, life, key string) string {
		if life != "" {
			life = `"cardea":` + life + `,`
		}
		return `{"kid":"` + id + `",` + life + key + `}`
	}
	for _, tc := range []struct{ keys, want string }{
		{one("a", "", privateJWK), "active"}, {one("a", "", privateJWK) + "," + one("b", "", privateJWK), "active retiring"},
		{one("a", "", okpJWK) + "," + one("b", "", privateJWK), "retiring active"},
		{one("a", `{"state":"active"}`, privateJWK) + "," + one("b", `{"state":"next"}`, privateJWK) + "," + one("c", `{"state":"retiring"}`, privateJWK), "active next retiring"},
		{one("a", `{"state":"retiring"}`, okpJWK) + "," + one("b", `{"state":"retiring"}`, okpJWK), "retiring retiring"},
		{one("a", `{"state":"active"}`, privateJWK) + "," + one("b", `{"state":"active"}`, octJWK), "active active"},
		{one("a", `{"state":"active"}`, privateJWK) + "," + one("b", `{"state":"active"}`, privateJWK), "two keys of ES256 are active"},
		{one("a", `{"state":"next"}`, privateJWK) + "," + one("b", `{"state":"next"}`, privateJWK), "two keys of ES256 are next"},
		{one("a", `{"state":"active"}`, okpJWK), "is active but has no private part"}, {one("a", `{"state":"next"}`, okpJWK), "is next but has no private part"},
		{one("a", `{"state":"gone"}`, privateJWK), "unknown state gone"}, {one("a", `{"state":1}`, privateJWK), "key 1: member cardea"}, {one("a", `7`, privateJWK), "member cardea"},
		{one("a", "", privateJWK) + "," + one("a", "", okpJWK), `two keys with kid "a"`},
		{one("a", "", privateJWK) + `,{"kty":"EC"}`, "key 2: read JWK"},
		{one("a", "", `"kty":"oct","k":"YS1zdHJpbmctc2VjcmV0LWF0LWxlYXN0LTI1Ni1iaXRzLWxvbmc"`), "well-known"},
		{one("", "", privateJWK), "active"},
	} {
		list, err := readRing([]byte(`{"keys":[` + tc.keys + `]}`))
		var got []string
		for _, e := range list {
			got = append(got, string(e.state))
			if e.key.ID == "" {
				t.Errorf("%s: a key without an id", tc.keys)
			}
		}
		if err == nil && strings.Join(got, " ") != tc.want || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, %v, want %q", tc.keys, got, err, tc.want)
		}
	}
}

// TestWriteRing: what is written says all that is read.
func TestWriteRing(t *testing.T) {
	key, err := ParseJWK([]byte(`{"kid":"a",` + privateJWK + `}`))
	must(t, err)
	public := key
	public.ID, public.Private = "b", nil
	data, err := writeRing([]entry{{key, Next, hours(1), hours(2), hours(3)}, {public, Retiring, hours(4), hours(5), hours(6)}})
	must(t, err)
	var set struct{ Keys []map[string]any }
	must(t, json.Unmarshal(data, &set))
	for i, want := range []string{"sig ES256 a true map[created:2026-01-01T01:00:00Z not_before:2026-01-01T02:00:00Z retire_at:2026-01-01T03:00:00Z state:next]",
		"sig ES256 b false map[created:2026-01-01T04:00:00Z not_before:2026-01-01T05:00:00Z retire_at:2026-01-01T06:00:00Z state:retiring]"} {
		k := set.Keys[i]
		if got := fmt.Sprint(k["use"], " ", k["alg"], " ", k["kid"], " ", k["d"] != nil, " ", k["cardea"]); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for name, bad := range map[string]api.Key{"of no kind": {Algorithm: "ES256", Public: 7}, "a secret that only verifies": {Algorithm: "HS256", Public: []byte("x")}} {
		if data, err := writeRing([]entry{{key: bad}}); err == nil || data != nil {
			t.Errorf("a key %s is written as %s", name, data)
		}
		if _, err := newSnapshot([]entry{{key: bad}}, 1); (err == nil) != isSymmetric(bad) {
			t.Errorf("a key %s is published: %v", name, err)
		}
		if data, err := ExportJWK(bad, false); err == nil || data != nil {
			t.Errorf("a key %s is exported as %s", name, data)
		}
	}
	if _, err := thumbprint(api.Key{Public: 7}); err == nil {
		t.Error("a key of no kind has a name")
	}
	if data, err := ExportPEM(api.Key{Public: 7}, false); err == nil || data != nil {
		t.Errorf("a key of no kind is exported as %s", data)
	}
}

// TestFixed: a list answers by kid and algorithm, with eight keys at most.
func TestFixed(t *testing.T) {
	var list []api.Key
	for i := range 10 {
		list = append(list, api.Key{ID: fmt.Sprint(i % 9), Algorithm: []string{"ES256", "EdDSA"}[i%10/9]})
	}
	find := Fixed(list)
	list[1].ID = "changed"
	for _, tc := range []struct {
		kid, alg string
		want     int
	}{{"", "ES256", 8}, {"1", "ES256", 1}, {"8", "ES256", 1}, {"0", "EdDSA", 1}, {"1", "EdDSA", 0}, {"x", "ES256", 0}, {"", "EdDSA", 1}, {"", "RS256", 0}} {
		if got, err := find(context.Background(), tc.kid, tc.alg); err != nil || len(got) != tc.want {
			t.Errorf("%q, %s: got %v, %v, want %d", tc.kid, tc.alg, got, err, tc.want)
		}
	}
}

// TestFromText_forms: PEM, JWK or secret, with and without an id and an algorithm.
func TestFromText_forms(t *testing.T) {
	const secret = "k7Qw9zR2mV5xB8nC1pL4sD6fG0hJ3tY-k7Qw9zR2mV5xB8nC1pL4sD6fG0hJ3tY-"
	jwk := `{"kid":"own",` + privateJWK + `}`
	for _, tc := range []struct{ id, algorithm, text, want string }{
		{"", "", secret, "HS256 "}, {"k", "HS512", secret, "HS512 k"}, {"", "", secret + "\r\n", "HS256 "}, {"", "RS256", secret, "error"},
		{"", "", jwk, "ES256 own"}, {"k", "", jwk, "ES256 k"}, {"", "ES256", jwk, "ES256 own"}, {"", "ES384", jwk, "error"}, {"", "", "\n" + jwk + "\n", "ES256 own"},
		{"", "ES384", `{"alg":"ES256",` + privateJWK + `}`, "error"}, {"", "", `{}`, "error"}, {"", "HS512", `{` + octJWK + `}`, "error"},
		{"", "", "-----BEGIN X-----", "error"}, {"", "", "", "error"},
	} {
		key, err := FromText(tc.id, tc.algorithm, api.Secret(tc.text))
		got := key.Algorithm + " " + key.ID
		if err != nil {
			got = "error"
		}
		if got != tc.want || err == nil && strings.HasPrefix(tc.want, "HS") && string(key.Public.([]byte)) != secret {
			t.Errorf("%+v: got %q, %v", tc, got, err)
		}
	}
}

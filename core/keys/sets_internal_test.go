package keys

import (
	"strings"
	"testing"
)

const (
	octJWK = `"kty":"oct","k":"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY"`
	okpJWK = `"kty":"OKP","crv":"Ed25519","x":"O1aytoutg5iqKaq6ohUbEqxddDyHvVU8an2XghFcFZ4"`
	ecJWK  = `"kty":"EC","crv":"P-256","x":"t8LqVvZo0YDS9lU7Ul8RfMu5pzcKEl8tEkC21JhPyPI","y":"KewlGZGnHD0LNTayxXsSbSUH6_Fj8Mnrxg3sviQ9i8M"`
	// private is the EC key of RFC 7515, appendix A.3.
	privateJWK = `"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"`
)

// TestParseJWK tests members that name, bind and restrict a key.
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
		`{"alg":"ES256",` + okpJWK + `}`: "not a key for ES256",
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

// TestParseSetFor parses keys for another issuer's tokens, which never sign.
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
		{`{"keys":[{` + okpJWK + `},{` + ecJWK + `}]}`, []string{"EdDSA", "ES256"}, "EdDSA , ES256 "}, // keys without kid are not duplicates
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
				t.Errorf("%s: got %v, want an error that begins with %q", tc.set, err, "read JWK set: ")
			}
		}
		if strings.Join(got, ", ") != tc.want {
			t.Errorf("%s for %v: got %v, %v, want %s", tc.set, tc.algorithms, got, err, tc.want)
		}
	}
}

// TestSetMembers_bounds tests the maximum of keys and bytes, and one more.
func TestSetMembers_bounds(t *testing.T) {
	keys := func(n int) string { return `{"keys":[` + strings.Repeat("{},", n-1) + `{}]}` }
	padded := func(n int) string { return `{"keys":[{}]` + strings.Repeat(" ", n-len(`{"keys":[{}]}`)) + `}` }
	for text, want := range map[string]string{
		keys(maxSetKeys): "", keys(maxSetKeys + 1): "129 keys, at most 128", padded(MaxSetBytes): "", padded(MaxSetBytes + 1): "524289 bytes, at most 524288",
		`{"keys":[]}`: "the set is empty", `{"keys":{}}`: `no array "keys"`, `{}`: `no array "keys"`, `{"keys":null}`: "", `{"keys":1}`: "no array",
	} {
		if _, err := setMembers([]byte(text)); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: got %v, want %q", text, err, want)
		}
	}
}

package keys

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestReadRing tests what a key file may contain, and what makes it invalid.
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

// TestWriteRing: everything that is read is written.
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

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

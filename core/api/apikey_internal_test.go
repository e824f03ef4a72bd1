package api

import (
	"slices"
	"testing"
	"time"
)

// TestAPIKey_SecretMade: each secret has its own creation time, or else that of the key.
func TestAPIKey_SecretMade(t *testing.T) {
	at := func(n int) time.Time { return time.Unix(int64(n), 0) }
	current, old := [32]byte{1}, [32]byte{2}
	for _, tc := range []struct{ made, oldMade, want, wantOld int }{{3, 2, 3, 2}, {3, 0, 3, 1}, {0, 2, 1, 2}, {0, 0, 1, 1}} {
		k := APIKey{Digest: current, OldDigest: old, Created: at(1)}
		if tc.made > 0 {
			k.Made = at(tc.made)
		}
		if tc.oldMade > 0 {
			k.OldMade = at(tc.oldMade)
		}
		if got, gotOld := k.SecretMade(current), k.SecretMade(old); !got.Equal(at(tc.want)) || !gotOld.Equal(at(tc.wantOld)) {
			t.Errorf("%+v: SecretMade = %d, of the old secret %d", tc, got.Unix(), gotOld.Unix())
		}
	}
}

// TestAPIKey_ActFor: a key grants only what its owner has and what it lists.
func TestAPIKey_ActFor(t *testing.T) {
	owner := Identity{Subject: "u", Roles: []string{"a", "b"}, Scopes: []string{"all"}, Proof: Proof{Session: "s"}}
	until, digest := time.Unix(9, 0), [32]byte{1}
	for _, tc := range []struct {
		roles, scopes, want []string
		restricted          bool
	}{
		{nil, nil, []string{"a", "b"}, false}, {[]string{"b", "c"}, nil, []string{"b"}, true}, {[]string{}, nil, nil, true},
		{nil, []string{"s"}, []string{"a", "b"}, true}, {nil, []string{}, []string{"a", "b"}, true}, {[]string{"a"}, []string{"s"}, []string{"a"}, true},
	} {
		k := APIKey{ID: "k", Digest: digest, Roles: tc.roles, Scopes: tc.scopes, RateLimit: 7, Created: time.Unix(1, 0)}
		got := k.ActFor(owner, digest, until)
		p := got.Proof
		if !slices.Equal(got.Roles, tc.want) || !slices.Equal(got.Scopes, tc.scopes) || got.Subject != "u" || got.Client != "apikey:k" {
			t.Errorf("%+v: Identity = %+v, want subject u, client apikey:k and the roles and scopes of the case", tc, got)
		}
		if p.APIKey != "k" || p.Session != "" || p.RateLimit != 7 || p.ExpiresAt != until || p.IssuedAt.Unix() != 1 || got.IsNarrowed() != tc.restricted {
			t.Errorf("%+v: got proof %+v", tc, p)
		}
		if tc.restricted && (!slices.Equal(p.Restriction.Roles, tc.roles) || !slices.Equal(p.Restriction.Scopes, tc.scopes)) {
			t.Errorf("%+v: restricted to %+v", tc, p.Restriction)
		}
	}
	if !slices.Equal(owner.Roles, []string{"a", "b"}) {
		t.Errorf("the owner has %v", owner.Roles)
	}
}

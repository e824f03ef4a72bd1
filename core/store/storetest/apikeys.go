package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
)

func apiKeys(t *testing.T, s store.Store) {
	for _, want := range []api.APIKey{
		{ID: "full", Digest: [32]byte{0, 1, 31: 255}, Subject: "u_alice", Name: "it's \"mine\"",
			Roles: []string{"editor"}, Scopes: []string{"read", "write"},
			Created: moment, Expires: moment.Add(time.Hour), Revoked: moment.Add(time.Minute),
			RateLimit: 60, LastUsed: moment.Add(time.Second), OldDigest: [32]byte{2, 31: 254}, OldUntil: moment.Add(2 * time.Minute), Made: moment.Add(time.Minute), OldMade: moment.Add(3 * time.Second)},
		{ID: "bare", Subject: "u_elsewhere"},
		{ID: "no roles at all", Subject: "u_alice", Roles: []string{}},
	} {
		if err := s.CreateAPIKey(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		got, err := s.APIKey(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want.ID, diff)
		}
	}
	err := s.CreateAPIKey(t.Context(), api.APIKey{ID: "full", Subject: "u_eve"})
	if !errors.Is(err, api.ErrConflict) {
		t.Errorf("got %v for a taken id, want a conflict", err)
	}
	if key, _ := s.APIKey(t.Context(), "full"); key.Subject != "u_alice" {
		t.Error("a refused key replaced the first")
	}
}

func apiKeysListed(t *testing.T, s store.Store) {
	for id, subject := range map[string]string{"k3": "u_a", "k1": "u_a", "k2": "u_b", "k4": "u_a"} {
		if err := s.CreateAPIKey(t.Context(), api.APIKey{ID: id, Subject: subject}); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		subject, after string
		limit          int
		want           []string
	}{
		{"", "", 10, []string{"k1", "k2", "k3", "k4"}},
		{"", "k1", 2, []string{"k2", "k3"}},
		{"u_a", "", 10, []string{"k1", "k3", "k4"}},
		{"u_a", "k1", 1, []string{"k3"}},
		{"u_c", "", 10, nil},
		{"", "", 0, nil},
	} {
		list, err := s.APIKeys(t.Context(), test.subject, test.after, test.limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, k := range list {
			got = append(got, k.ID)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("of %q after %q, at most %d: got %v, want %v", test.subject, test.after, test.limit, got, test.want)
		}
	}
}

func apiKeyRevoked(t *testing.T, s store.Store) {
	if err := s.CreateAPIKey(t.Context(), api.APIKey{ID: "k", Subject: "u_a"}); err != nil {
		t.Fatal(err)
	}
	row := api.Revocation{Kind: api.RevokeAPIKey, Key: "k", At: moment, Expires: moment.Add(time.Hour)}
	for i := range 2 {
		if err := s.RevokeAPIKey(t.Context(), "k", moment.Add(time.Duration(i)*time.Hour), row); err != nil {
			t.Fatal(err)
		}
	}
	if key, _ := s.APIKey(t.Context(), "k"); !key.Revoked.Equal(moment) {
		t.Errorf("got revoked at %v, want the first time, %v", key.Revoked, moment)
	}
	if rows := since(t, s, 0); len(rows) != 2 || rows[0].Key != "k" {
		t.Errorf("got revocations %v, want one for each call", rows)
	}
}

func apiKeysFound(t *testing.T, s store.Store) {
	for id, name := range map[string]string{"abc": "deploy", "abd": "Deploy 2", "xyz": "100% \"sure\"_", "é1": "abacus"} {
		if err := s.CreateAPIKey(t.Context(), api.APIKey{ID: id, Name: name, Subject: "u_" + id}); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		subject, prefix, after string
		limit                  int
		want                   []string
	}{
		{"", "ab", "", 10, []string{"abc", "abd", "é1"}},
		{"", "ab", "abc", 1, []string{"abd"}},
		{"u_abd", "ab", "", 10, []string{"abd"}},
		{"", "dep", "", 10, []string{"abc"}},
		{"", "100% \"sure\"_", "", 10, []string{"xyz"}},
		{"", "é", "", 10, []string{"é1"}},
		{"", "%", "", 10, nil},
		{"", "b", "", 10, nil},
		{"", "", "", 2, []string{"abc", "abd"}},
	} {
		list, err := s.FindAPIKeys(t.Context(), test.subject, test.prefix, test.after, test.limit)
		var got []string
		for _, k := range list {
			got = append(got, k.ID)
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("of %q, %q after %q: got %v, %v, want %v", test.subject, test.prefix, test.after, got, err, test.want)
		}
	}
}

func apiKeyRotated(t *testing.T, s store.Store) {
	ctx, row := t.Context(), api.Revocation{Kind: api.RefreshUser, Key: "u_a"}
	for _, id := range []string{"k", "revoked"} {
		if err := s.CreateAPIKey(ctx, api.APIKey{ID: id, Digest: [32]byte{1}, Subject: "u_a"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.RotateAPIKey(ctx, "k", [32]byte{2}, moment, moment.Add(time.Hour), row); err != nil {
		t.Fatal(err)
	}
	want := api.APIKey{ID: "k", Digest: [32]byte{2}, Subject: "u_a", OldDigest: [32]byte{1}, OldUntil: moment.Add(time.Hour), Made: moment}
	if got, err := s.APIKey(ctx, "k"); err != nil || !cmp.Equal(want, got) {
		t.Errorf("%v (-want +got):\n%s", err, cmp.Diff(want, got))
	}
	if err := s.RotateAPIKey(ctx, "k", [32]byte{3}, moment.Add(time.Minute), moment.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, err := s.APIKey(ctx, "k"); err != nil || !got.OldMade.Equal(moment) || !got.Made.Equal(moment.Add(time.Minute)) {
		t.Errorf("rotated twice: secrets of %s and %s, %v", got.OldMade, got.Made, err)
	}
	if err := s.RevokeAPIKey(ctx, "revoked", moment); err != nil {
		t.Fatal(err)
	}
	if err := s.RotateAPIKey(ctx, "revoked", [32]byte{2}, moment, moment, row); !errors.Is(err, api.ErrConflict) {
		t.Errorf("got %v for a revoked key, want a conflict", err)
	}
	if err := s.RotateAPIKey(ctx, "nothing", [32]byte{2}, moment, moment, row); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v for an unknown key, want not found", err)
	}
	if key, _ := s.APIKey(ctx, "revoked"); key.Digest != [32]byte{1} {
		t.Error("a revoked key got another secret")
	}
	if rows := since(t, s, 0); len(rows) != 1 {
		t.Errorf("got %d revocations, want that of the rotation that went through", len(rows))
	}
}

func apiKeysTouched(t *testing.T, s store.Store) {
	for _, id := range []string{"a", "b", "c"} {
		if err := s.CreateAPIKey(t.Context(), api.APIKey{ID: id, LastUsed: moment}); err != nil {
			t.Fatal(err)
		}
	}
	later, earlier := moment.Add(time.Minute), moment.Add(-time.Minute)
	if err := s.TouchAPIKeys(t.Context(), map[string]time.Time{"a": later, "b": earlier, "unknown": later}); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]time.Time{"a": later, "b": moment, "c": moment} {
		if key, _ := s.APIKey(t.Context(), id); !key.LastUsed.Equal(want) {
			t.Errorf("%s: last used %v, want %v", id, key.LastUsed, want)
		}
	}
	if _, err := s.APIKey(t.Context(), "unknown"); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v: touching made a key", err)
	}
}

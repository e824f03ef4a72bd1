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
			Created: moment, Expires: moment.Add(time.Hour), Revoked: moment.Add(time.Minute)},
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

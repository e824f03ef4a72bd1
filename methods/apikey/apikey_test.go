package apikey_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/methodtest"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fake replaces the engine's lookups: keys by id and users by subject, with a counter.
type fake struct {
	keys    map[string]api.APIKey
	users   map[string]api.Identity
	keyErr  error
	userErr error
	lookups int
}

func (f *fake) deps() core.Deps {
	return core.Deps{
		Now: func() time.Time { return now },
		APIKey: func(_ context.Context, id string) (api.APIKey, error) {
			f.lookups++
			if key, ok := f.keys[id]; ok || f.keyErr != nil {
				return key, f.keyErr
			}
			return api.APIKey{}, api.ErrNotFound
		},
		User: func(_ context.Context, subject string) (api.Identity, error) { return f.users[subject], f.userErr },
	}
}

// newKey creates the nth key, of user u1, modified by change.
func (f *fake) newKey(t *testing.T, n byte, change func(*api.APIKey)) string {
	t.Helper()
	text, id, digest, err := credential.NewAPIKey(bytes.NewReader(bytes.Repeat([]byte{n}, 40)))
	if err != nil {
		t.Fatal(err)
	}
	key := api.APIKey{ID: id, Digest: digest, Subject: "u1", Created: now.Add(-time.Hour)}
	if change != nil {
		change(&key)
	}
	f.keys[id] = key
	return text.Reveal()
}

func newFake() *fake {
	return &fake{keys: map[string]api.APIKey{}, users: map[string]api.Identity{
		"u1": {Subject: "u1", Login: "alice", Roles: []string{"editor", "author"}},
	}}
}

func open(t *testing.T, f *fake) core.Method {
	t.Helper()
	m, err := apikey.Config{}.Open("keys", f.deps())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func authenticate(t *testing.T, f *fake, text string) (api.Identity, error) {
	t.Helper()
	return open(t, f).Authenticate(context.Background(), api.Attempt{Credential: credentialOf(text)})
}

func credentialOf(text string) api.Credential {
	return api.Credential{Kind: api.APIKeyKind, Text: text}
}

func TestContract(t *testing.T) {
	f := newFake()
	good := f.newKey(t, 1, nil)
	methodtest.Run(t, methodtest.Case{
		Open: func(t *testing.T) core.Method {
			own := newFake() // its counter has no lock
			own.newKey(t, 1, nil)
			d := own.deps()
			d.APIKey = func(_ context.Context, id string) (api.APIKey, error) {
				if key, ok := own.keys[id]; ok {
					return key, nil
				}
				return api.APIKey{}, api.ErrNotFound
			}
			m, err := apikey.Config{}.Open("keys", d)
			if err != nil {
				t.Fatal(err)
			}
			return m
		},
		Good: credentialOf(good), Want: "u1",
		Bad: []api.Credential{
			credentialOf("cdk_x"), credentialOf(good[:len(good)-1] + "!"), credentialOf(f.newKey(t, 2, nil)), credentialOf(""),
		},
		Foreign: []api.Credential{{Kind: api.Bearer, Text: good}, {Kind: api.Basic, User: "a", Password: "b"}},
	})
}

func TestAuthenticate_refuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*api.APIKey)
	}{
		{"revoked", func(k *api.APIKey) { k.Revoked = now.Add(-time.Second) }},
		{"expired", func(k *api.APIKey) { k.Expires = now }},
		{"wrong secret", func(k *api.APIKey) { k.Digest[7] ^= 1 }},
		{"older secret, overlap over", func(k *api.APIKey) { k.Digest, k.OldDigest, k.OldUntil = [32]byte{1}, k.Digest, now }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			id, err := authenticate(t, f, f.newKey(t, 1, tt.change))
			if api.ReasonOf(err) != api.ReasonAPIKey || api.CodeOf(err) != api.Unauthenticated || id.Subject != "" {
				t.Errorf("got %q, %v; want a refusal for %s", id.Subject, err, api.ReasonAPIKey)
			}
			if public := api.AsError(err).Public; public != "this API key is not valid" {
				t.Errorf("the client gets %q: all refusals must be equal", public)
			}
		})
	}
}

func TestAuthenticate_badChecksumIsNotLookedUp(t *testing.T) {
	f := newFake()
	good := f.newKey(t, 1, nil)
	for i := range len(good) {
		c := byte('x')
		if good[i] == c {
			c = 'y'
		}
		bad := good[:i] + string(c) + good[i+1:]
		if _, err := authenticate(t, f, bad); api.ReasonOf(err) != api.ReasonAPIKey {
			t.Fatalf("character %d changed: got %v, want reason %q", i, err, api.ReasonAPIKey)
		}
	}
	if f.lookups != 0 {
		t.Errorf("%d lookups for keys with a wrong checksum, want 0", f.lookups)
	}
	if _, err := authenticate(t, f, good); err != nil || f.lookups != 1 {
		t.Errorf("the right key: %v and %d lookups, want one", err, f.lookups)
	}
}

func TestAuthenticate_owner(t *testing.T) {
	disabled := api.E(api.Unauthenticated, api.ReasonDisabled, "")
	f := newFake()
	f.userErr = disabled
	if id, err := authenticate(t, f, f.newKey(t, 1, nil)); !errors.Is(err, disabled) || id.Subject != "" {
		t.Errorf("disabled owner: got %q, %v; want no Subject and error %q", id.Subject, err, disabled)
	}
	tests := []struct {
		name string
		key  []string
		want []string
	}{
		{"all roles", nil, []string{"editor", "author"}},
		{"one of them", []string{"author"}, []string{"author"}},
		{"none", []string{}, nil},
		{"one that the owner lacks", []string{"administrator", "editor"}, []string{"editor"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			id, err := authenticate(t, f, f.newKey(t, 1, func(k *api.APIKey) { k.Roles, k.Scopes = tt.key, []string{"read"} }))
			if err != nil || !slices.Equal(id.Roles, tt.want) || !slices.Equal(id.Scopes, []string{"read"}) {
				t.Errorf("got roles %v, scopes %v, error %v; want roles %v", id.Roles, id.Scopes, err, tt.want)
			}
			if owner := f.users["u1"].Roles; !slices.Equal(owner, []string{"editor", "author"}) {
				t.Errorf("the owner's own roles became %v", owner)
			}
		})
	}
}

func TestAuthenticate_proof(t *testing.T) {
	f := newFake()
	text := f.newKey(t, 1, func(k *api.APIKey) { k.Expires = now.Add(time.Minute) })
	id, err := authenticate(t, f, text)
	if err != nil {
		t.Fatal(err)
	}
	p := id.Proof
	if p.APIKey == "" || id.Client != "apikey:"+p.APIKey || !p.ExpiresAt.Equal(now.Add(time.Minute)) || !p.IssuedAt.Equal(now.Add(-time.Hour)) {
		t.Errorf("got client %q and proof %+v", id.Client, p)
	}
}

func TestAuthenticate_storeDown(t *testing.T) {
	f := newFake()
	text := f.newKey(t, 1, nil)
	f.keyErr = errors.New("disk on fire")
	if _, err := authenticate(t, f, text); api.CodeOf(err) != api.Unavailable {
		t.Errorf("got %v, want code unavailable and no verdict", err)
	}
}

func TestOpen_cacheFor(t *testing.T) {
	for d, ok := range map[time.Duration]bool{0: true, time.Second: true, time.Hour: true, -1: false, time.Hour + 1: false} {
		if _, err := (apikey.Config{CacheFor: d}).Open("keys", core.Deps{}); (err == nil) != ok {
			t.Errorf("CacheFor %s: got %v, want it accepted: %v", d, err, ok)
		}
	}
}

func TestChallenge(t *testing.T) {
	c, ok := core.Capability[core.Challenger](open(t, newFake()))
	if want := `ApiKey realm="cardea"`; !ok || c.Challenge(nil) != want {
		t.Errorf("got %q, want %q", c.Challenge(nil), want)
	}
}

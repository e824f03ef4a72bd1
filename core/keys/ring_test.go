package keys_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// clock is a hand that tests move.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func open(t *testing.T, c keys.Config) *keys.Ring {
	t.Helper()
	ring, err := keys.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// states lists the ring's keys as "state alg" in order.
func states(ring *keys.Ring) string {
	var list []string
	for _, k := range ring.All() {
		list = append(list, string(k.State)+" "+k.Algorithm)
	}
	return strings.Join(list, ", ")
}

func TestOpen_zeroConfig(t *testing.T) {
	ring := open(t, keys.Config{})
	key := ring.Active()
	if key.Algorithm != "HS256" || !key.CanSign() || key.ID == "" {
		t.Errorf("active key %v, want an HS256 key with an ID that signs", key)
	}
	if got := string(ring.JWKS()); got != `{"keys":[]}` {
		t.Errorf("JWKS of an HMAC ring %s, want an empty set", got)
	}
}

func TestOpen_everyAlgorithm(t *testing.T) {
	for _, alg := range keys.Algorithms() {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "keys.json")
			first := open(t, keys.Config{Algorithm: alg, File: path})
			again := open(t, keys.Config{Algorithm: alg, File: path})
			if a, b := first.Active(), again.Active(); a.ID != b.ID || b.Algorithm != alg || !b.CanSign() {
				t.Errorf("read back %v, want %v with its private part", b, a)
			}
			private := !strings.HasPrefix(alg, "HS")
			if got := strings.Contains(string(first.JWKS()), first.Active().ID); got != private {
				t.Errorf("JWKS has the key: %v, want %v", got, private)
			}
			for _, secret := range []string{`"d"`, `"k"`, `"p"`} {
				if bytes.Contains(first.JWKS(), []byte(secret)) {
					t.Errorf("JWKS has the private member %s", secret)
				}
			}
		})
	}
}

func TestOpen_fileMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	open(t, keys.Config{File: path})
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode %o, want 600", got)
	}
}

func TestOpen_badFile(t *testing.T) {
	good := open(t, keys.Config{Algorithm: "ES256"})
	public, _ := keys.ExportSet([]api.Key{good.Active()})
	for name, c := range map[string]struct{ content, want string }{
		"empty":          {"", "not a JSON object"},
		"cut off":        {`{"keys":[{"kty":"oct"`, "key file"},
		"no keys":        {`{"key":[]}`, `no array "keys"`},
		"unknown state":  {`{"keys":[{"kty":"oct","kid":"a","k":"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY","cardea":{"state":"x"}}]}`, "unknown state"},
		"known secret":   {`{"keys":[{"kty":"oct","k":"YS1zdHJpbmctc2VjcmV0LWF0LWxlYXN0LTI1Ni1iaXRzLWxvbmc"}]}`, "well-known"},
		"short secret":   {`{"keys":[{"kty":"oct","kid":"a","k":"MDEy"}]}`, "at least 32"},
		"duplicate kid":  {`{"keys":[{"kty":"oct","kid":"a","k":"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY"},{"kty":"oct","kid":"a","k":"MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY"}]}`, "two keys"},
		"public, active": {strings.Replace(string(public), `"kty"`, `"cardea":{"state":"active"},"kty"`, 1), "no private part"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "keys.json")
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := keys.Open(t.Context(), keys.Config{File: path})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want one with %q and the path", err, c.want)
			}
			if after, _ := os.ReadFile(path); string(after) != c.content {
				t.Error("a bad file was changed")
			}
		})
	}
}

func TestOpen_operatorsOwnSet(t *testing.T) {
	key, err := keys.Generate("RS256", nil)
	if err != nil {
		t.Fatal(err)
	}
	one, err := keys.ExportJWK(key, true)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keys.json")
	content := `{"keys":[` + string(one) + `]}`
	if err := os.WriteFile(path, []byte(content), 0o400); err != nil {
		t.Fatal(err)
	}
	ring := open(t, keys.Config{File: path})
	if got := ring.Active().ID; got != key.ID {
		t.Errorf("active %q, want the operator's %q", got, key.ID)
	}
	if after, _ := os.ReadFile(path); string(after) != content {
		t.Error("the operator's file was rewritten though nothing changed")
	}
}

func TestOpen_changedAlgorithmKeepsVerifying(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	before := open(t, keys.Config{File: path}).Active()
	ring := open(t, keys.Config{File: path, Algorithm: "RS256"})
	if got, want := states(ring), "retiring HS256, active RS256"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := ring.Verifying(before.ID, "HS256"); len(got) != 1 || got[0].ID != before.ID {
		t.Errorf("old key verifies: %v, want it to", got)
	}
	if bytes.Contains(ring.JWKS(), []byte(`"oct"`)) {
		t.Error("JWKS holds a symmetric key")
	}
}

func TestTick_lifeOfAKey(t *testing.T) {
	c := &clock{start}
	ring := open(t, keys.Config{Algorithm: "ES256", Now: c.Now, Schedule: keys.Schedule{
		RotateEvery: 24 * time.Hour, PublishAhead: time.Hour, KeepFor: 2 * time.Hour,
	}})
	first := ring.Active().ID
	for _, s := range []struct {
		at       time.Duration
		want     string
		isFirst  bool
		changes  int
		lastKind keys.State
	}{
		{22 * time.Hour, "active ES256", true, 0, ""},
		{23 * time.Hour, "active ES256, next ES256", true, 1, keys.Next},
		{23*time.Hour + 59*time.Minute, "active ES256, next ES256", true, 0, ""},
		{24 * time.Hour, "retiring ES256, active ES256", false, 2, keys.Active},
		{25*time.Hour + 59*time.Minute, "retiring ES256, active ES256", false, 0, ""},
		{26 * time.Hour, "active ES256", false, 1, keys.Retired},
	} {
		generation := ring.Generation()
		changes, err := ring.Tick(t.Context(), start.Add(s.at))
		if err != nil {
			t.Fatal(err)
		}
		if got := states(ring); got != s.want {
			t.Errorf("at %s: %s, want %s", s.at, got, s.want)
		}
		if got := ring.Active().ID == first; got != s.isFirst {
			t.Errorf("at %s: first key active %v, want %v", s.at, got, s.isFirst)
		}
		if len(changes) != s.changes || s.changes > 0 && changes[len(changes)-1].To != s.lastKind {
			t.Errorf("at %s: changes %v, want %d ending in %q", s.at, changes, s.changes, s.lastKind)
		}
		if grew := ring.Generation() > generation; grew != (s.changes > 0) {
			t.Errorf("at %s: generation grew %v with %d changes", s.at, grew, s.changes)
		}
	}
	if got := ring.Verifying(first, "ES256"); got != nil {
		t.Errorf("retired key still verifies: got %v, want nil", got)
	}
}

func TestRotate_publishedBeforeUse(t *testing.T) {
	c := &clock{start}
	ring := open(t, keys.Config{Algorithm: "EdDSA", Now: c.Now, Schedule: keys.Schedule{PublishAhead: time.Minute}})
	first := ring.Active().ID
	changes, err := ring.Rotate(t.Context())
	if err != nil || len(changes) != 1 {
		t.Fatalf("changes %v, %v, want one", changes, err)
	}
	next := changes[0].KeyID
	if ring.Active().ID != first || !bytes.Contains(ring.JWKS(), []byte(next)) {
		t.Error("the next key must be published and not sign yet")
	}
	if again, err := ring.Rotate(t.Context()); err != nil || len(again) != 0 {
		t.Errorf("second rotation: %v, %v, want none while one is under way", again, err)
	}
	if _, err := ring.Tick(t.Context(), start.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got := ring.Active().ID; got != next {
		t.Errorf("active %q, want %q", got, next)
	}
	if got := ring.Verifying(first, "EdDSA"); len(got) != 1 {
		t.Error("the replaced key must still verify")
	}
}

func TestReload_otherProcessRotated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	server := open(t, keys.Config{File: path})
	command := open(t, keys.Config{File: path})
	if _, err := command.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if changes, err := server.Reload(t.Context()); err != nil || len(changes) != 2 {
		t.Fatalf("changes %v, %v, want the new and the old key's", changes, err)
	}
	if got, want := server.Active().ID, command.Active().ID; got != want {
		t.Errorf("server signs with %q, want %q", got, want)
	}
}

func TestReload_brokenFileKeepsKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	ring := open(t, keys.Config{File: path})
	key, generation := ring.Active(), ring.Generation()
	for name, spoil := range map[string]func() error{
		"garbage": func() error { return os.WriteFile(path, []byte("{"), 0o600) },
		"missing": func() error { return os.Remove(path) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		switch _, err := ring.Reload(t.Context()); {
		case err == nil:
			t.Errorf("%s: no error", name)
		case name == "missing" && !strings.Contains(err.Error(), "restore it from the backup"):
			t.Errorf("%s: %v does not say what to do", name, err)
		}
		if ring.Active().ID != key.ID || ring.Generation() != generation {
			t.Errorf("%s: keys changed", name)
		}
		if name == "missing" {
			if _, err := os.Stat(path); err == nil {
				t.Error("a vanished file was replaced by new keys")
			}
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRemove(t *testing.T) {
	ring := open(t, keys.Config{Algorithm: "ES384"})
	leaked := ring.Active().ID
	if _, err := ring.Remove(t.Context(), leaked); err != nil {
		t.Fatal(err)
	}
	if got := ring.Verifying(leaked, "ES384"); got != nil {
		t.Errorf("removed key verifies: %v", got)
	}
	if key := ring.Active(); key.ID == leaked || key.Algorithm != "ES384" {
		t.Errorf("active %v, want a new ES384 key", key)
	}
	if _, err := ring.Remove(t.Context(), leaked); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("second removal: %v, want ErrNotFound", err)
	}
}

func TestOpen_given(t *testing.T) {
	own, _ := keys.Generate("ES256", nil)
	old, _ := keys.VerifyOnly("old", "HS256", "secret")
	ring := open(t, keys.Config{Given: []api.Key{own, old}})
	if ring.Active().ID != own.ID || len(ring.Verifying("old", "HS256")) != 1 {
		t.Errorf("got %s, want the first to sign and both to verify", states(ring))
	}
	if _, err := ring.Rotate(t.Context()); err == nil {
		t.Error("given keys were rotated")
	}
	if _, err := ring.Tick(t.Context(), start.AddDate(100, 0, 0)); err != nil || len(ring.All()) != 2 {
		t.Errorf("tick: %v, %s, want nothing to happen", err, states(ring))
	}
	if _, err := keys.Open(t.Context(), keys.Config{Given: []api.Key{old}}); err == nil {
		t.Error("a weak secret is used for signing")
	}
}

func TestOpen_manyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			ring, err := keys.Open(context.WithoutCancel(t.Context()), keys.Config{File: path})
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = ring.Active().ID
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("processes started at the same time created different keys: %v", ids)
		}
	}
}

func TestRing_readWhileRotating(t *testing.T) {
	ring := open(t, keys.Config{})
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				if k := ring.Active(); len(ring.Verifying(k.ID, k.Algorithm)) != 1 {
					t.Error("the active key does not verify")
					return
				}
			}
		}
	})
	for range 50 {
		if _, err := ring.Rotate(t.Context()); err != nil {
			t.Error(err)
		}
	}
	close(done)
	wg.Wait()
	if got := len(ring.Verifying("", "HS256")); got != 8 {
		t.Errorf("%d keys for a token without kid, want the newest 8", got)
	}
}

func TestReload_canceled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	ring := open(t, keys.Config{File: path})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ring.Reload(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
}

func TestRing_fileIsAJWKSet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	ring := open(t, keys.Config{File: path, Algorithm: "ES256"})
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list, err := keys.ParseSet(data)
	if err != nil || len(list) != 1 || list[0].ID != ring.Active().ID {
		t.Errorf("key file as a JWK set: %v, %v", list, err)
	}
	if !json.Valid(ring.JWKS()) {
		t.Error("JWKS is not JSON")
	}
}

func TestRing_Promote(t *testing.T) {
	ring := open(t, keys.Config{Schedule: keys.Schedule{PublishAhead: 24 * time.Hour}})
	if _, err := ring.Promote(t.Context()); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("without a next key: Promote() = %v, want error %q", err, api.ErrNotFound)
	}
	if _, err := ring.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := states(ring), "active HS256, next HS256"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := ring.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := states(ring), "retiring HS256, active HS256"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

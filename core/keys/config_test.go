package keys_test

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// TestOpen_refuses tests every invalid configuration and its error.
func TestOpen_refuses(t *testing.T) {
	own, public := generated(t, "ES256"), generated(t, "ES256")
	public.Private = nil
	nameless, weak := own, api.Key{ID: "w", Algorithm: "HS256", Public: []byte("secret"), Private: []byte("secret")}
	nameless.ID = ""
	wrong := own
	wrong.Algorithm = "RS256"
	for _, tc := range []struct {
		name, want string
		c          keys.Config
	}{
		{"unknown algorithm", `algorithm "none" is not offered`, keys.Config{Algorithm: "none"}},
		{"unknown further algorithm", `algorithm "none" is not offered`, keys.Config{Algorithm: "HS256", Also: []string{"none"}}},
		{"further algorithms alone", "without the first one", keys.Config{Also: []string{"ES256"}}},
		{"further algorithm twice", "ES256 is named twice", keys.Config{Algorithm: "HS256", Also: []string{"ES256", "ES256"}}},
		{"further algorithm is the first", "HS256 is named twice", keys.Config{Algorithm: "HS256", Also: []string{"HS256"}}},
		{"besides, without an id", "needs an id", keys.Config{Besides: []api.Key{{Algorithm: "HS256", Public: []byte("x")}}}},
		{"besides, with a private part", "no private part", keys.Config{Besides: []api.Key{own}}},
		{"given and a file", "choose one", keys.Config{Given: []api.Key{own}, File: "x"}},
		{"given and further algorithms", "give those of further algorithms", keys.Config{Given: []api.Key{own}, Also: []string{"HS256"}}},
		{"given, the first only verifies", "has no private part to sign with", keys.Config{Given: []api.Key{public, own}}},
		{"given twice", "two keys with kid", keys.Config{Given: []api.Key{own, own}}},
		{"given, unfit", "not a key for RS256", keys.Config{Given: []api.Key{wrong}}},
		{"given, weak", "secret for HS256 has 6 bytes", keys.Config{Given: []api.Key{weak}}},
		{"given, besides without an id", "needs an id", keys.Config{Given: []api.Key{own}, Besides: []api.Key{{Algorithm: "HS256", Public: []byte("x")}}}},
		{"no randomness", "broken", keys.Config{Rand: iotest.ErrReader(errors.New("broken"))}},
	} {
		ring, err := keys.Open(t.Context(), tc.c)
		if ring != nil || err == nil || !strings.HasPrefix(err.Error(), "open keys: ") || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
	if ring := open(t, keys.Config{Given: []api.Key{nameless}}); ring.Active().ID != "" {
		t.Errorf("Active() = %v, want no ID", ring.Active())
	}
}

// TestOpen_givenSigns: of the operator's keys the first of each algorithm signs.
func TestOpen_givenSigns(t *testing.T) {
	first, other, third := generated(t, "ES256"), generated(t, "EdDSA"), generated(t, "ES256")
	public := generated(t, "ES384")
	public.Private = nil
	weak := api.Key{ID: "w", Algorithm: "HS256", Public: []byte("secret"), Private: []byte("secret"), Weak: true}
	c := keys.Config{Given: []api.Key{first, other, third, public, weak}, Algorithm: "HS512", Schedule: keys.Schedule{RotateEvery: 1}}
	ring := open(t, c)
	if got, want := states(ring), "active ES256, retiring ES256, retiring ES384, retiring HS256, active EdDSA"; !sameWords(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if list := ring.Signing(); len(list) != 2 || list[0].ID != first.ID || list[1].ID != other.ID || ring.Active().ID != first.ID {
		t.Errorf("%v sign", list)
	}
	for name, do := range map[string]func() error{
		"rotate":  func() error { return second(ring.Rotate(t.Context())) },
		"remove":  func() error { return second(ring.Remove(t.Context(), first.ID)) },
		"promote": func() error { return second(ring.Promote(t.Context())) },
	} {
		if do() == nil {
			t.Errorf("%s: given keys were changed", name)
		}
	}
	if changes, err := ring.Tick(t.Context(), start.AddDate(9, 0, 0)); err != nil || len(changes) > 0 {
		t.Errorf("tick: got %v, %v; want none", changes, err)
	}
}

// sameWords compares lists without regard to order.
func sameWords(a, b string) bool {
	x, y := strings.Split(a, ", "), strings.Split(b, ", ")
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// TestRing_Find finds a key by its kid.
func TestRing_Find(t *testing.T) {
	old, _ := keys.VerifyOnly("old", "HS256", "secret")
	var text bytes.Buffer
	ring := open(t, keys.Config{Algorithm: "ES256", Also: []string{"EdDSA"}, Besides: []api.Key{old}, Logger: slog.New(slog.NewTextHandler(&text, nil))})
	for kid, want := range map[string]bool{ring.Active().ID: true, "old": true, "": false, "x": false} {
		if key, ok := ring.Find(kid); ok != want || ok && key.ID != kid {
			t.Errorf("Find(%q) = %v, %v; want it found: %v", kid, key, ok, want)
		}
	}
	if strings.Count(text.String(), "a weak secret verifies tokens") != 1 || !strings.Contains(text.String(), "kid=old") {
		t.Errorf("no warning about the weak secret:\n%s", text.String())
	}
	if _, err := ring.Remove(t.Context(), "x"); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("removed an unknown key: %v", err)
	}
	if _, err := ring.Promote(t.Context()); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("no next key was promoted: %v", err)
	}
	before, changed := ring.Generation(), ring.Changed()
	if err := ring.Close(); err != nil || len(ring.All()) > 0 || string(ring.JWKS()) != `{"keys":[]}` || ring.Generation() <= before {
		t.Errorf("closed, it has %s", states(ring))
	}
	select {
	case <-changed:
	default:
		t.Error("Close did not close the channel of Changed")
	}
}

// TestRing_logs: key changes are logged at INFO, reading and creating keys at DEBUG.
func TestRing_logs(t *testing.T) {
	var text bytes.Buffer
	ring := open(t, keys.Config{Logger: slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	first := ring.Active().ID
	if got := text.String(); !strings.Contains(got, "level=DEBUG msg=\"signing key read or made\" kid="+first) || strings.Contains(got, "level=INFO") {
		t.Errorf("at first:\n%s", got)
	}
	text.Reset()
	if _, err := ring.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := text.String()
	if !strings.Contains(got, "level=INFO msg=\"signing key changed\" kid="+first+" alg=HS256 from=active to=retiring") || strings.Count(got, "signing key changed") != 1 {
		t.Errorf("at a rotation:\n%s", got)
	}
}

package core_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/hooks"
)

// change is a change that a handler makes to a keyed view.
type change func(hooks.View) error

func set(key string, value hooks.Value) change {
	return func(v hooks.View) error { return v.Set(key, value) }
}

func remove(key string) change { return func(v hooks.View) error { return v.Delete(key) } }

func both(changes ...change) change {
	return func(v hooks.View) error {
		for _, c := range changes {
			if err := c(v); err != nil {
				return err
			}
		}
		return nil
	}
}

// judged is a point with valid and invalid changes.
type judged struct {
	point     string
	good, bad map[string]change
}

// newHookEngine opens an engine in which handlers can be tried one after the other.
func newHookEngine(t *testing.T) *guest {
	h := &guest{testEngine: newTestEngine(t, func(c *core.Config) {
		ring, err := keys.Open(t.Context(), keys.Config{Algorithm: "HS256", Also: []string{"ES256"}})
		if err != nil {
			t.Fatal(err)
		}
		c.Keys = ring
		c.Policy.Tokens.Issuers = []string{"https://id.example"}
		c.Policy.ProtectedHeaders = []string{"X-Tier"}
	})}
	h.key, _ = h.apiKey(core.NewAPIKey{Subject: h.bob.Subject, Rate: 1000})
	return h
}

// accepts binds a handler at the point, runs it, and reports whether its change was
// accepted.
func (h *guest) accepts(point, name string, c change) bool {
	h.t.Helper()
	p := h.config.Policy
	p.Hooks = core.NewHooks()
	at, ok := p.Hooks.Point(point)
	if !ok {
		h.t.Fatalf("no point %s", point)
	}
	h.must(at.BindView(name, func(_ context.Context, v hooks.View) error { return c(v) }))
	h.must(h.Reload(context.Background(), h.config.Policy))
	h.prepare()
	h.must(h.Reload(context.Background(), p))
	h.log.Reset()
	calls := askedAt()[point]
	calls[slices.Min(slices.Collect(maps.Keys(calls)))](h) // other tests check the result
	return !strings.Contains(h.log.String(), "class=commit")
}

// TestHooks_values: at each point, values up to the bounds are accepted, and values just
// beyond them are failures of the handler.
func TestHooks_values(t *testing.T) {
	h := newHookEngine(t)
	for _, row := range judgedPoints() {
		for want, changes := range map[bool]map[string]change{true: row.good, false: row.bad} {
			for name, c := range changes {
				id := fmt.Sprint(name, " ", want) // each handler's failures are logged once a second
				if got := h.accepts(row.point, id, c); got != want {
					t.Errorf("%s, %s: taken: %v, want %v\n%s", row.point, name, got, want, h.log)
				}
				if key, _, one := strings.Cut(name, ": "); one && !want && utf8.ValidString(key) && !strings.Contains(h.log.String(), key) {
					t.Errorf("%s, %s: the log does not name the key:\n%s", row.point, name, h.log)
				}
			}
		}
	}
}

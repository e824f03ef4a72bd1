package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/config"
)

// planHook binds one function to two points.
var planHook = Hook{Name: "plan", Order: -3, Bind: func(h *core.Hooks, name string, order hooks.Option) error {
	return errors.Join(
		h.RouteAccess.Bind(name, func(_ context.Context, a core.Access) (core.Access, error) { return a, nil }, order),
		h.UserChanged.Bind(name, func(context.Context, core.Event) error { return nil }, order),
	)
}}

// TestHook_listed: the list of hooks shows a program's hooks with their names, in order
// among the configured ones.
func TestHook_listed(t *testing.T) {
	cfg := load(t, "store: {driver: memory}\nhooks: [{point: route-access, expr: 'true', order: -4}, {point: route-access, expr: 'true'}]\n")
	points, err := ConfiguredHooks(cfg, Options{Hooks: []Hook{planHook}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range points {
		var want []hooks.Binding
		switch p.Name {
		case "route-access":
			want = []hooks.Binding{{ID: "hooks[0]", Order: -4}, {ID: "plan", Order: -3}, {ID: "hooks[1]"}}
		case "user-changed":
			want = []hooks.Binding{{ID: "plan", Order: -3}}
		}
		if got := p.Bindings; !slices.Equal(got, want) && p.Name != "config-reloaded" {
			t.Errorf("%s: got %v, want %v", p.Name, got, want)
		}
	}
	if got, want := UncalledHooks(cfg, Options{Hooks: []Hook{planHook}}), []string{"plan at user-changed"}; !slices.Equal(got, want) {
		t.Errorf("uncalled: got %q, want %q", got, want)
	}
}

// TestHook_refused: a hook that cannot be bound keeps a server from starting, and is
// found by the check of the configuration.
func TestHook_refused(t *testing.T) {
	fails := Hook{Name: "fails", Bind: func(*core.Hooks, string, hooks.Option) error { return errors.New("no licence") }}
	for want, list := range map[string][]Hook{
		"hook fails of the program: no licence":                                 {planHook, fails},
		"hook plan of the program: the name is used twice":                      {planHook, planHook},
		"hook plan of the program: Bind is nil":                                 {{Name: "plan"}},
		`hook "" of the program: its name must consist of lower-case letters`:   {{Bind: planHook.Bind}},
		`hook "a b" of the program: its name must consist of lower-case letter`: {{Name: "a b", Bind: planHook.Bind}},
	} {
		cfg := load(t, "store: {driver: memory}\n")
		if _, err := New(cfg, Options{Hooks: list}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New: got %v, want %s", err, want)
		}
		problems, _ := Examine(t.Context(), cfg, nil, ExamineOptions{Offline: true, Hooks: list, Now: time.Now()})
		if !slices.ContainsFunc(problems, func(p config.Problem) bool { return strings.Contains(p.Text, want) }) {
			t.Errorf("Examine: got %v, want %s", problems, want)
		}
	}
}

// TestHook_decides: a server calls a program's hook.
func TestHook_decides(t *testing.T) {
	closed := Hook{Name: "closed", Bind: func(h *core.Hooks, name string, order hooks.Option) error {
		return h.RouteAccess.Bind(name, func(_ context.Context, a core.Access) (core.Access, error) {
			return a, core.Deny("holiday", "closed today")
		}, order)
	}}
	_, public, _ := startWith(t, load(t, openToAll), Options{Hooks: []Hook{closed}, Logger: slog.New(slog.DiscardHandler)})
	if status, body := get(t, public+"/any"); status != 403 || !strings.Contains(body, "closed today") {
		t.Errorf("got %d %s, want the hook's refusal", status, body)
	}
}

// openToAll is the configuration of a server that allows all requests.
const openToAll = `data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo"}}
rules: [{name: all, path: /**, access: optional}]
`

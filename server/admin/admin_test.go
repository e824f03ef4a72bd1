package admin_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/admin"
)

func get(h http.Handler, method, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func TestHandler_ready(t *testing.T) {
	var broken error
	h := admin.Handler(admin.NewMetrics("v1"),
		admin.Check{Name: "server", Run: func(context.Context) error { return nil }},
		admin.Check{Name: "store", Run: func(context.Context) error { return broken }})
	if w := get(h, "GET", "/readyz"); w.Code != 200 || !strings.Contains(w.Body.String(), `"store":"ok"`) {
		t.Errorf("ready: got %d %s, want status 200 and text with %q", w.Code, w.Body, `"store":"ok"`)
	}
	broken = errors.New("disk is gone")
	w := get(h, "GET", "/readyz")
	if w.Code != 503 || !strings.Contains(w.Body.String(), `"store":"disk is gone"`) || !strings.Contains(w.Body.String(), `"server":"ok"`) {
		t.Errorf("with a dead store: got %d %s, want status 503, text with %q and text with %q", w.Code, w.Body, `"store":"disk is gone"`, `"server":"ok"`)
	}
	for _, path := range []string{"/healthz", "/livez"} {
		if w := get(h, "GET", path); w.Code != 200 {
			t.Errorf("%s: %d; the process lives", path, w.Code)
		}
	}
	if w := get(h, "POST", "/readyz"); w.Code != 405 {
		t.Errorf("POST: got %d, want status 405", w.Code)
	}
	if w := get(h, "GET", "/"); w.Code != 404 {
		t.Errorf("elsewhere: got %d, want status 404", w.Code)
	}
}

// TestHandler_slowCheck: a check that hangs is ended by its context.
func TestHandler_slowCheck(t *testing.T) {
	h := admin.Handler(admin.NewMetrics("v1"), admin.Check{Name: "store", Run: func(ctx context.Context) error {
		if _, bounded := ctx.Deadline(); !bounded {
			return errors.New("no deadline")
		}
		return nil
	}})
	if w := get(h, "GET", "/readyz"); w.Code != 200 {
		t.Errorf("got %d %s, want status 200", w.Code, w.Body)
	}
}

func TestMetrics(t *testing.T) {
	m := admin.NewMetrics("v1.2.3")
	m.Staleness(func() time.Duration { return 1500 * time.Millisecond })
	hooks := core.NewHooks()
	if err := m.Watch(hooks); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	hooks.LoginFailed.Do(ctx, core.Event{Reason: "wrong_password"})
	hooks.RequestDenied.Do(ctx, core.Event{Reason: "role"})
	hooks.PluginFailed.Do(ctx, core.Event{Target: "p", Reason: "trap"})
	hooks.UserChanged.Do(ctx, core.Event{Reason: "what an operator wrote"})
	text := get(admin.Handler(m), "GET", "/metrics").Body.String()
	for _, want := range []string{
		`cardea_build_info{version="v1.2.3"} 1`,
		`cardea_revocation_staleness_seconds 1.5`,
		`cardea_events_total{event="login-failed",reason="wrong_password"} 1`,
		`cardea_events_total{event="request-denied",reason="role"} 1`,
		`cardea_events_total{event="plugin-failed",reason="trap"} 1`,
		`cardea_events_total{event="user-changed",reason=""} 1`,
		"go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if err := m.Watch(hooks); err == nil {
		t.Error("watching twice would count twice")
	}
}

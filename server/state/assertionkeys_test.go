package state_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/state"
)

// TestOpenAssertionKeys_lost: a start that replaces a lost key warns; a first one does not.
func TestOpenAssertionKeys_lost(t *testing.T) {
	cfg := &config.Config{Data: t.TempDir(), Upstreams: map[string]config.Upstream{"wp": {Identity: "assertion"}}}
	open := func() string {
		t.Helper()
		var log strings.Builder
		ring, err := state.OpenAssertionKeys(t.Context(), cfg, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil {
			t.Fatal(err)
		}
		ring.Close()
		return log.String()
	}
	s, err := state.OpenStore(cfg, false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if log := open(); strings.Contains(log, "level=WARN") || !strings.Contains(log, "new ones are created") {
		t.Errorf("the first start logs %s", log)
	}
	if _, err := s.CreateUser(t.Context(), api.User{Subject: "u_anna", Login: "anna"}); err != nil {
		t.Fatal(err)
	}
	if log := open(); log != "" && strings.Contains(log, "missing") {
		t.Errorf("a start with the keys logs %s", log)
	}
	if err := os.Remove(filepath.Join(cfg.Data, state.AssertionKeysFile)); err != nil {
		t.Fatal(err)
	}
	if log := open(); strings.Count(log, "level=WARN") != 1 || !strings.Contains(log, "a new key is made, and sites that have pinned another refuse") {
		t.Errorf("a start without them logs %s", log)
	}
}

package app

import (
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/server/config"
)

// Only plugins at points that administration fires are named.
func TestUncalledHooks(t *testing.T) {
	cfg := &config.Config{Hooks: []config.Hook{
		{Plugin: "audit", Point: "user-changed"}, {Plugin: "audit", Point: "apikey-revoked"}, {Plugin: "claims", Point: "token-claims"},
		{Plugin: "audit", Point: "request-denied"}, {Expr: "true", Point: "route-access"}, {Plugin: "audit", Point: "none"},
	}}
	want := []string{"audit at user-changed", "audit at apikey-revoked"}
	if got := UncalledHooks(cfg, Options{}); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := UncalledHooks(&config.Config{}, Options{}); got != nil {
		t.Errorf("without hooks: got %q, want nil", got)
	}
}

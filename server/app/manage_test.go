package app

import (
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/server/config"
)

// Only plugins at points that administration fires are named.
func TestUntoldHooks(t *testing.T) {
	cfg := &config.Config{Hooks: []config.Hook{
		{Plugin: "audit", Point: "user-changed"}, {Plugin: "audit", Point: "apikey-revoked"}, {Plugin: "claims", Point: "token-claims"},
		{Plugin: "audit", Point: "request-denied"}, {Expr: "true", Point: "route-access"}, {Plugin: "audit", Point: "none"},
	}}
	want := []string{"audit at user-changed", "audit at apikey-revoked"}
	if got := UntoldHooks(cfg, Options{}); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := UntoldHooks(&config.Config{}, Options{}); got != nil {
		t.Errorf("without hooks: %q", got)
	}
}

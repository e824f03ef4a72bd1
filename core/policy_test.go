package core_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
)

// TestPolicy_Lint: warnings are based on the rules with their defaults.
func TestPolicy_Lint(t *testing.T) {
	p := core.Policy{Rules: []route.Rule{
		{Name: "admin", Path: "/admin"}, {Name: "below", Path: "/admin/**"}, {Name: "rest", Path: "/**", Access: route.Optional},
	}}
	if got := p.Lint(); len(got) != 0 {
		t.Errorf("%q, want no warning", got)
	}
	p.Rules = append(p.Rules[:1], p.Rules[2])
	got := p.Lint()
	if len(got) != 1 || !strings.Contains(got[0], "GET /admin/ is decided") {
		t.Errorf("%q, want a warning about /admin/", got)
	}
	p.TrailingSlash = route.SlashSame
	if got := p.Lint(); len(got) != 1 || strings.Contains(got[0], "GET /admin/ is") || p.Rules[0].TrailingSlash != "" {
		t.Errorf("%q, want none about /admin/, and rules as they were", got)
	}
	if got := (core.Policy{}).Lint(); len(got) != 0 {
		t.Errorf("the zero policy: Lint() = %q, want 0 entries", got)
	}
}

package plugins_test

import (
	"slices"
	"testing"

	shortexpiry "github.com/cardea-auth/cardea/examples/plugins/short-expiry"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

func TestReport(t *testing.T) {
	p := load(t, plugins.Config{}, plugins.Spec{
		Module: shortexpiry.Module(), Manifest: shortexpiry.Manifest(), Grants: manifest.Grants{Write: []string{"lifetime"}},
	})
	got := p.Report()
	if got.Name != "test" || got.Digest != shortexpiry.SHA256() || got.Bytes != len(shortexpiry.Module()) {
		t.Errorf("Report() = %+v, want the name, digest and size of the module", got)
	}
	if !slices.Equal(got.Hooks, []string{"auth-expire", "token-claims"}) || !slices.Equal(got.Missing, []string{"write claim.*"}) {
		t.Errorf("hooks %v, missing %v", got.Hooks, got.Missing)
	}
	if !slices.Contains(got.Exports, "on_auth_expire () -> i32") || !slices.Contains(got.Imports, "hook_v1.get_i64 (i32, i32, i32) -> i64") {
		t.Errorf("exports %q, imports %q", got.Exports, got.Imports)
	}
}

package core_test

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// TestCheckTrimmed_forwarded: in whatever way a path can be taken for another one, the
// application must not get there what the rule there takes out, and rules must not send that
// path to another application.
func TestCheckTrimmed_forwarded(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Scripts = []string{"php"}
		c.Policy.Rules = []route.Rule{
			{Name: "all", Path: "/**", Access: route.Optional},
			{Name: "fwd", Path: "/fwd/**", Access: route.Optional, ForwardCredential: true}, {Name: "pass", Path: "/pass/**", Access: route.Optional, PassAuthorization: true},
			{Name: "fwdone", Path: "/fwd/one", Access: route.Public}, {Name: "passone", Path: "/pass/one", Access: route.Public},
			{Name: "pubno", Path: "/pubno/**", Access: route.Public}, {Name: "optno", Path: "/optno/**", Access: route.Optional},
			{Name: "kept", Path: "/kept/**", Access: route.Public, ForwardCredential: true, PassAuthorization: true},
			{Name: "two", Path: "/two/**", Access: route.Public, Upstream: "two"}, {Name: "dir", Path: "/dir/index.php", Access: route.Public, Upstream: "two"},
			{Name: "report", Path: "/report.pdf", Access: route.Public, Upstream: "two"},
		}
		c.Policy.Paths = func(_ *route.Rule, _, query string) []string { return strings.Fields(query) }
	})
	bob := bearer(h.token("bob"))
	for _, c := range []struct {
		target       string
		with, anyway string // reasons with a credential, and without
	}{
		{"/fwd/x.php/pubno/x", api.ReasonBadPath, ""}, {"/fwd/?/pubno/x", api.ReasonBadPath, ""}, {"/fwd/one.json", api.ReasonBadPath, ""}, {"/fwd/?/optno/x", api.ReasonBadPath, ""},
		{"/pass/x.php/pubno/x", api.ReasonBadPath, ""}, {"/pass/?/pubno/x", api.ReasonBadPath, ""}, {"/pass/one.json", api.ReasonBadPath, ""}, {"/pass/?/optno/x", api.ReasonBadPath, ""},
		{"/fwd/x.php/kept/x", "", ""}, {"/fwd/?/kept/x", "", ""}, {"/pass/x.php/kept/x", "", ""}, {"/pass/?/kept/x", "", ""}, {"/kept/?/pubno/x", api.ReasonBadPath, ""},
		{"/pass/x.php/y", "", ""}, {"/pass/x", "", ""}, {"/fwd/x", "", ""}, {"/x/?/pubno/x", "", ""},
		{"/two.json", api.ReasonBadPath, api.ReasonBadPath}, {"/x.php/two/x", api.ReasonBadPath, api.ReasonBadPath}, {"/?/two/x", api.ReasonBadPath, api.ReasonBadPath},
		{"/dir/", api.ReasonBadPath, api.ReasonBadPath}, {"/report", api.ReasonBadPath, api.ReasonBadPath}, {"/three.json", "", ""}, {"/dir/x", "", ""},
	} {
		for _, header := range []api.Header{nil, bob} {
			want := c.with
			if header == nil {
				want = c.anyway
			}
			a := get(c.target, header)
			d := h.Decide(t.Context(), a)
			h.must(errorOf(d))
			if err := h.CheckTrimmed(t.Context(), a, d); api.ReasonOf(err) != want {
				t.Errorf("%s with %v: got %v, want reason %q", c.target, header, err, want)
			}
		}
	}
}

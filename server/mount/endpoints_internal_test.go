package mount

import (
	"net/http"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
)

// TestAsStandard: what a mount with a header of its own reads, as rules read it: one
// credential, in one header.
func TestAsStandard(t *testing.T) {
	for _, tc := range []struct {
		spec   route.HeaderSpec
		header http.Header
		want   string
	}{
		{route.HeaderSpec{}, http.Header{"Authorization": {"Bearer a"}}, "Bearer a"},
		{route.HeaderSpec{Name: "X-Token"}, http.Header{"X-Token": {"a"}}, "Bearer a"},
		{route.HeaderSpec{Name: "X-Token", Prefix: "JWT"}, http.Header{"X-Token": {"JWT a"}}, "Bearer a"},
		{route.HeaderSpec{Name: "X-Token", Prefix: "JWT"}, http.Header{"X-Token": {"Bearer a"}}, unreadable},
		{route.HeaderSpec{Name: "X-Token"}, http.Header{"Authorization": {"Bearer a"}}, "Bearer a"},
		{route.HeaderSpec{Name: "X-Token", RefuseStandard: true}, http.Header{"Authorization": {"Bearer a"}}, ""},
		{route.HeaderSpec{Name: "X-Token"}, http.Header{"X-Token": {"a", "b"}}, unreadable},
		{route.HeaderSpec{Name: "X-Token"}, http.Header{"X-Token": {"a"}, "Authorization": {"Bearer a"}}, unreadable},
		{route.HeaderSpec{Name: "X-Token", RefuseStandard: true}, http.Header{"X-Token": {"a"}, "Authorization": {"Bearer a"}}, unreadable},
	} {
		if got := asStandard(tc.spec, tc.header).Get("Authorization"); got != tc.want {
			t.Errorf("%+v, %v: got %q, want %q", tc.spec, tc.header, got, tc.want)
		}
	}
}

package usefulteam_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

// TestGate replays the rows on routes of others through the gate.
func TestGate(t *testing.T) {
	s := suite()
	s.Methods = []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}}
	s.Rules = []route.Rule{{Name: "all", Path: "/**", Access: route.Optional, OnBadToken: route.Anonymous}}
	s.Gate = map[string]string{
		"me_hdr_lowercase": "the gate takes the scheme in any case (RFC 9110 section 11.1)",
		"me_hdr_uppercase": "the gate takes the scheme in any case (RFC 9110 section 11.1)",
		"me_hdr_no_space":  strict, "app_me_basic": "application passwords are the directory's",
		"me_hdr_trailing_junk": unsafe, "me_hdr_comma": unsafe, "me_tok_*": unsafe,
		"path_me_*":    "the gate knows the client in every form of a route, the plugin in one",
		"path_token_*": "refused before any rule: two readings",
		"pw_after_me":  revoked, "role_down_*": revoked, "rf_*": revoked,
	}
	dialecttest.RunGate(t, s)
}

const (
	strict  = "at the gate a header is a credential in its one form, or it is refused"
	unsafe  = "unsafe in the plugin: see doc.go"
	revoked = "the credential died with the change, or the user"
)

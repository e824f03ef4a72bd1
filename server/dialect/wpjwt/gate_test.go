package wpjwt_test

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
	s.Rules = []route.Rule{{Name: "all", Path: "/**", Access: route.Optional}}
	s.Gate = map[string]string{
		"me_hdr_empty": strict, "me_hdr_jwt_prefix": strict, "me_hdr_raw_token": strict, "me_hdr_no_space": strict,
		"me_basic_account_password": strict, "posts_public_basic_bad": strict, "app_*": strict,
		"me_hdr_lowercase":     "the gate takes the scheme in any case (RFC 9110 section 11.1)",
		"me_hdr_uppercase":     "the gate takes the scheme in any case (RFC 9110 section 11.1)",
		"me_hdr_trailing_junk": unsafe, "me_hdr_comma": unsafe, "me_tok_*": unsafe,
		"pw_after_me": revoked, "role_down_*": revoked, "norole_me": revoked, "userstatus1_me": revoked, "del_*": revoked,
		"rotated_secret_me_old":  "everybody can sign with a secret of one byte",
		"front_page_bad_token":   "a bad credential is refused on every path of the rule",
		"login_page_bad_token":   "a bad credential is refused on every path of the rule",
		"path_me_bad_pct_prefix": "the gate's own words: the mount's prefix is spelt otherwise",
		"path_token_*":           "refused before any rule: two readings",
	}
	dialecttest.RunGate(t, s)
}

const (
	strict  = "at the gate a header is a credential in its one form, or it is refused"
	unsafe  = "unsafe in the plugin: see doc.go"
	revoked = "the credential died with the change, or the user"
)

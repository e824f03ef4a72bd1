package miniorange_test

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
	s.Rules = []route.Rule{
		{Name: "rest", Path: "/wp-json/**", Access: route.Required},
		{Name: "site", Path: "/**", Access: route.Public},
	}
	s.Gate = map[string]string{
		"me_hdr_empty": strict, "me_hdr_comma": strict, "me_hdr_quoted": strict, "me_hdr_bearer_bearer": strict,
		"me_hdr_trailing_junk": unsafe, "me_hdr_authorisation": unsafe, "me_tok_*": unsafe, "nosecret_*": unsafe,
		"fresh_*": restricted, "index_*": restricted, "route_*": restricted, "oembed_*": restricted, "path_me_*": restricted,
		"path_token_*": "refused before the upstream is asked", "path_token_v2": restricted,
		"cors_*":      "preflights are the server's cors",
		"open_*":      "rules say what is open: none here",
		"pw_after_me": revoked, "del_*": revoked,
		"basic_*": "the method is the gate's: jwt alone here",
	}
	dialecttest.RunGate(t, s)
}

const (
	strict     = "at the gate a header is a credential in its one form, or it is refused"
	unsafe     = "unsafe in the plugin: see doc.go"
	revoked    = "the credential died with the change, or the user"
	restricted = "the rule here protects all of the REST API, in the gate's order: before it is known whether a route exists"
)

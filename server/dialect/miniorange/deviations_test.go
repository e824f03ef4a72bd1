package miniorange_test

import "github.com/cardea-auth/cardea/server/dialect/dialecttest"

// deviations are the recorded rows that Cardea answers differently on purpose; the lists
// in doc.go describe the same.
var deviations = map[string]dialecttest.Deviation{
	"token_array_username":                 {Status: 400, Code: "400", Why: "PHP breaks with a 500", Safer: true},
	"token_array_password":                 {Status: 400, Code: "400", Why: "PHP breaks with a 500", Safer: true},
	"validate_hdr_trailing_junk":           bad("two words after Bearer can be read two ways"),
	"validate_hdr_authorisation":           bad("a second spelling of a header that carries credentials"),
	"validate_tok_four_segments":           bad("a fourth segment that nothing signs"),
	"validate_tok_alg_rs256":               bad("a refusal under a 200"),
	"validate_tok_alg_missing":             bad("a refusal under a 200"),
	"validate_tok_exp_string":              bad("never expires"),
	"validate_tok_minimal":                 bad("never expires"),
	"validate_tok_empty_claims":            bad("never expires, and names nobody"),
	"validate_tok_no_sub":                  bad("names nobody by number: a name can be given to another user"),
	"validate_tok_sub_mismatch":            bad("names two users"),
	"validate_tok_name_unknown":            bad("names two users"),
	"validate_tok_name_int":                bad("names nobody"),
	"nosecret_validate_empty_secret_token": bad("everybody can sign with an empty secret"),
	"pw_after_validate":                    bad("the password was changed since"),
	"del_validate":                         bad("the user was deleted"),

	// Routes of others.
	"me_hdr_trailing_junk":           bad("two words after Bearer can be read two ways"),
	"me_hdr_authorisation":           bad("a second spelling of a header that carries credentials"),
	"me_tok_four_segments":           bad("a fourth segment that nothing signs"),
	"me_tok_exp_string":              bad("never expires"),
	"me_tok_minimal":                 bad("never expires"),
	"me_tok_empty_claims":            bad("validate calls it valid, though it names nobody"),
	"me_tok_no_sub":                  bad("names nobody by number: a name can be given to another user"),
	"me_tok_sub_mismatch":            bad("names two users"),
	"me_tok_name_unknown":            bad("validate calls it valid, though it names two users"),
	"me_tok_name_int":                bad("validate calls it valid, though it names nobody"),
	"nosecret_me_empty_secret_token": bad("everybody can sign with an empty secret"),
	"pw_after_me":                    bad("the password was changed since"),
	"del_me":                         bad("the user was deleted: validate still calls the token valid"),
	"del_posts":                      bad("a deleted user's token opens a protected route"),
	"path_me_noauth_pct":             bad("m%65 is me, and the plugin does not protect it in that spelling"),
	"path_me_bad_pct":                bad("m%65 is me, and the plugin does not protect it in that spelling"),
	"path_me_pct":                    {Status: 200, Why: "the gateway reads a path once and passes that on: m%65 is me (RFC 3986 section 6.2.2.2)"},

	"path_me_rest_route":         form(),
	"path_me_rest_route_encoded": form(),
	"path_me_index_rest_route":   form(),
}

// form rows name a route in the query and have a valid token. The free edition treats none
// of these as a route of WordPress and serves them anonymously.
func form() dialecttest.Deviation {
	return dialecttest.Deviation{Status: 200, Why: "?rest_route= is the route that it names, as in the pretty form"}
}

func bad(why string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 401, Code: "401", Why: why, Safer: true}
}

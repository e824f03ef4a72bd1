package miniorange_test

import "github.com/cardea-auth/cardea/server/dialect/dialecttest"

// deviations are the recorded rows that Cardea answers otherwise on purpose; the
// lists in doc.go say the same in words.
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
	"rate_token_after_badtokens":           {Status: 200, Why: "bad tokens on routes of others do not count: nobody guesses a signature"},
}

func bad(why string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 401, Code: "401", Why: why, Safer: true}
}

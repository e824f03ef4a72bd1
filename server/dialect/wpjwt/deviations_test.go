package wpjwt_test

import "github.com/cardea-auth/cardea/server/dialect/dialecttest"

// deviations are the recorded rows that Cardea answers otherwise on purpose; the
// table in doc.go says the same in words.
var deviations = map[string]dialecttest.Deviation{
	"validate_hdr_trailing_junk":          invalid("two words after Bearer can be read two ways"),
	"validate_hdr_comma":                  invalid("lenient base64: one token, many spellings"),
	"validate_tok_tampered_sig_last_bits": invalid("lenient base64: a changed signature still verifies"),
	"validate_tok_sig_padded":             invalid("lenient base64"),
	"validate_tok_std_base64_chars":       invalid("lenient base64"),
	"validate_tok_typ_other":              invalid("a token of another type (RFC 8725 section 3.11)"),
	"validate_tok_exp_string":             invalid("exp is no number (RFC 7519 section 4.1.4)"),
	"validate_tok_exp_null":               invalid("never expires"),
	"validate_tok_exp_garbage":            invalid("never expires"),
	"validate_tok_no_iat_nbf_exp":         invalid("never expires"),
	"validate_tok_signed_payload_array":   invalid("claims are no object (RFC 7519 section 7.2)"),
	"validate_tok_user_id_nonexistent":    invalid("no such user"),
	"del_validate":                        invalid("the user was deleted"),
	"pw_after_validate":                   invalid("the password was changed since"),
	"role_down_validate":                  invalid("the role was taken away since"),

	"validate_tok_user_id_object": nobody("an id that is an object"),
	"validate_tok_user_id_float":  nobody("an id that is a fraction"),
	"validate_tok_user_id_empty":  nobody("an empty id"),
	"validate_tok_user_id_login":  nobody("WordPress takes a text for a login name"),

	"shortsecret_token":                  unusable("a secret of one byte signs"),
	"shortsecret_validate":               unusable("everybody can sign with a secret of one byte"),
	"rotated_secret_validate_old":        unusable("everybody can sign with a secret of one byte"),
	"token_envelope_error":               {Status: 403, Code: "[jwt_auth] incorrect_password", Why: "a refusal inside a 200", Safer: true},
	"token_array_username":               {Status: 403, Code: "[jwt_auth] empty_username", Why: "PHP breaks with a 500", Safer: true},
	"token_array_password":               {Status: 403, Code: "[jwt_auth] empty_password", Why: "PHP breaks with a 500", Safer: true},
	"alg_RS256_token":                    {Status: 500, Code: "internal_server_error", Why: "no list of further errors; nothing signs on either side", Safer: true},
	"expire_past_token":                  {Status: 200, Why: "auth-expire cannot go below tokens.min_ttl, one second"},
	"app_token_with_app_password":        appPassword("incorrect_password"),
	"app_token_with_app_password_spaced": appPassword("incorrect_password"),
	"app_token_empty":                    appPassword("empty_username"),
	"app_token_empty_pw":                 appPassword("empty_password"),
}

func invalid(why string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 403, Code: "jwt_auth_invalid_token", Why: why, Safer: true}
}

func nobody(why string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 403, Code: "jwt_auth_bad_request", Why: why, Safer: true}
}

func unusable(why string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 403, Code: "jwt_auth_bad_config", Why: why, Safer: true}
}

// appPassword rows want WordPress's application passwords, which are the user
// directory's: the one in memory has none, and so their words do not change
// once one exists.
func appPassword(code string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 403, Code: "[jwt_auth] " + code, Why: "application passwords are the directory's"}
}

package wpjwt_test

import "github.com/cardea-auth/cardea/server/dialect/dialecttest"

// deviations are the recorded rows that Cardea answers differently on purpose; the table
// in doc.go describes the same.
var deviations = map[string]dialecttest.Deviation{
	"validate_hdr_trailing_junk":          invalid("two words after Bearer can be read two ways"),
	"validate_hdr_comma":                  invalid("lenient base64: one token, many spellings"),
	"validate_tok_tampered_sig_last_bits": invalid("lenient base64: a changed signature still verifies"),
	"validate_tok_sig_padded":             invalid("lenient base64"),
	"validate_tok_std_base64_chars":       invalid("lenient base64"),
	"validate_tok_typ_other":              invalid("a token of another type (RFC 8725 section 3.11)"),
	"validate_tok_exp_string":             invalid("exp is not a number (RFC 7519 section 4.1.4)"),
	"validate_tok_exp_null":               invalid("never expires"),
	"validate_tok_exp_garbage":            invalid("never expires"),
	"validate_tok_no_iat_nbf_exp":         invalid("never expires"),
	"validate_tok_signed_payload_array":   invalid("claims are not an object (RFC 7519 section 7.2)"),
	"validate_tok_user_id_nonexistent":    invalid("no such user"),
	"del_validate":                        invalid("the user was deleted"),
	"pw_after_validate":                   invalid("the password was changed since"),
	"role_down_validate":                  invalid("the role was taken away since"),

	"validate_tok_user_id_object": nobody("an id that is an object"),
	"validate_tok_user_id_float":  nobody("an id that is a fraction"),
	"validate_tok_user_id_empty":  nobody("an empty id"),
	"validate_tok_user_id_login":  nobody("WordPress takes a text for a login name"),

	"shortsecret_token":           unusable("a secret of one byte signs"),
	"shortsecret_validate":        unusable("everybody can sign with a secret of one byte"),
	"rotated_secret_validate_old": unusable("everybody can sign with a secret of one byte"),
	"token_envelope_error":        {Status: 403, Code: "[jwt_auth] incorrect_password", Why: "a refusal inside a 200", Safer: true},
	"token_array_username":        {Status: 403, Code: "[jwt_auth] empty_username", Why: "PHP breaks with a 500", Safer: true},
	"token_array_password":        {Status: 403, Code: "[jwt_auth] empty_password", Why: "PHP breaks with a 500", Safer: true},
	"expire_past_token":           {Status: 200, Why: "auth-expire cannot go below tokens.min_ttl, one second"},
	"app_token_empty":             appPassword("empty_username"),
	"app_token_empty_pw":          appPassword("empty_password"),

	// Routes of others.
	"me_hdr_trailing_junk":          invalid("two words after Bearer can be read two ways"),
	"me_hdr_comma":                  invalid("lenient base64: one token, many spellings"),
	"me_tok_tampered_sig_last_bits": invalid("lenient base64: a changed signature still verifies"),
	"me_tok_sig_padded":             invalid("lenient base64"),
	"me_tok_std_base64_chars":       invalid("lenient base64"),
	"me_tok_typ_other":              invalid("a token of another type (RFC 8725 section 3.11)"),
	"me_tok_exp_string":             invalid("exp is not a number (RFC 7519 section 4.1.4)"),
	"me_tok_exp_null":               invalid("never expires"),
	"me_tok_exp_garbage":            invalid("never expires"),
	"me_tok_no_iat_nbf_exp":         invalid("never expires"),
	"me_tok_signed_payload_array":   invalid("claims are not an object (RFC 7519 section 7.2)"),
	"me_tok_user_id_nonexistent":    invalid("validate calls it valid, though there is no such user"),
	"me_tok_user_id_object":         nobody("validate calls it valid, though its id is an object"),
	"me_tok_user_id_float":          nobody("an id that is a fraction"),
	"me_tok_user_id_empty":          nobody("validate calls it valid, though its id is empty"),
	"me_tok_user_id_login":          nobody("WordPress takes a text for a login name"),
	"rotated_secret_me_old":         unusable("the secret is one byte: everybody can sign with it"),
	"pw_after_me":                   invalid("the password was changed since"),
	"role_down_post":                invalid("the role was taken away since"),
	"role_down_me_edit":             invalid("the role was taken away since"),
	"norole_me":                     invalid("every role was taken away since"),
	"userstatus1_me":                invalid("every role was taken away since"),
	"del_me":                        invalid("the user was deleted: validate still calls the token valid"),
	"del_posts_public":              invalid("the user was deleted: validate still calls the token valid"),
	"del_post_create":               invalid("the user was deleted: validate still calls the token valid"),

	"path_me_pct":        {Status: 200, Why: "the gateway reads a path once and passes that on: m%65 is me (RFC 3986 section 6.2.2.2)"},
	"path_me_noauth_pct": {Status: 401, Code: "rest_not_logged_in", Why: "the gateway reads a path once and passes that on: m%65 is me (RFC 3986 section 6.2.2.2)"},
	"app_me_basic":       {Status: 401, Code: "rest_not_logged_in", Why: "Basic is the gateway's method of that name, which is not set up here: with it, a wrong password is refused"},
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

// appPassword rows need WordPress's application passwords, which come from the user
// directory. The directory in memory has none, so the responses do not change when one is
// created.
func appPassword(code string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 403, Code: "[jwt_auth] " + code, Why: "application passwords are the directory's"}
}

package usefulteam_test

import (
	"time"

	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

// deviations are the recorded rows that Cardea answers differently on purpose; the lists
// in doc.go describe the same.
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
	"validate_tok_user_id_float":          invalid("an id that is a fraction"),
	"pw_after_validate":                   invalid("the password was changed since"),
	"role_down_validate":                  invalid("the role was taken away since"),

	"shortsecret_token":           {Status: 500, Code: "jwt_auth_bad_config", Why: "a secret of one byte signs", Safer: true},
	"shortsecret_validate":        {Status: 401, Code: "jwt_auth_bad_config", Why: "everybody can sign with a secret of one byte", Safer: true},
	"rotated_secret_validate_old": {Status: 401, Code: "jwt_auth_bad_config", Why: "everybody can sign with a secret of one byte", Safer: true},
	"token_envelope_error":        {Status: 401, Code: "incorrect_password", Why: "a refusal inside a 200", Safer: true},
	"token_array_username":        {Status: 401, Code: "empty_username", Why: "PHP breaks with a 500", Safer: true},
	"token_array_password":        {Status: 401, Code: "empty_password", Why: "PHP breaks with a 500", Safer: true},
	"rf_device_array":             {Status: 401, Code: "jwt_auth_obsolete_refresh_token", Why: "PHP breaks with a 500", Safer: true},

	"rf_after_wp_set_password":         obsolete("the password was changed since"),
	"rf_after_profile_update_password": obsolete("the password was changed since"),
	"rf_bad_unknown_user":              obsolete("tells which users exist"),
	"rf_bad_token_unknown_user":        obsolete("tells which users exist"),

	"rf_login_devA":      {Status: 200, Code: "jwt_auth_valid_credential", Why: "the token names the device that a JSON body names"},
	"rf_login_devB":      {Status: 200, Code: "jwt_auth_valid_credential", Why: "the token names the device that a JSON body names"},
	"expire_past_token":  {Status: 200, Code: "jwt_auth_valid_credential", Why: "auth-expire cannot go below tokens.min_ttl, one second"},
	"app_token_empty_pw": appPassword("empty_password"),

	// On other routes a bad token leaves the request anonymous.
	"me_hdr_trailing_junk":            anonymous("two words after Bearer can be read two ways"),
	"me_hdr_comma":                    anonymous("lenient base64: one token, many spellings"),
	"me_tok_tampered_sig_last_bits":   anonymous("lenient base64: a changed signature still verifies"),
	"me_tok_sig_padded":               anonymous("lenient base64"),
	"me_tok_std_base64_chars":         anonymous("lenient base64"),
	"me_tok_typ_other":                anonymous("a token of another type (RFC 8725 section 3.11)"),
	"me_tok_exp_string":               anonymous("exp is not a number (RFC 7519 section 4.1.4)"),
	"me_tok_exp_null":                 anonymous("never expires"),
	"me_tok_exp_garbage":              anonymous("never expires"),
	"me_tok_no_iat_nbf_exp":           anonymous("never expires"),
	"me_tok_user_id_float":            anonymous("an id that is a fraction"),
	"rf_bearer_after_wp_set_password": anonymous("the password was changed since"),
	"rf_rest_change_password":         {Unheard: true, Why: "the password was changed since, so the token is nobody's and cannot change it again", Safer: true},
	"pw_after_me":                     anonymous("the password was changed since"),
	"role_down_post":                  {Status: 401, Code: "rest_cannot_create", Why: "the role was taken away since", Safer: true},
	"role_down_me_edit":               anonymous("the role was taken away since"),

	"path_me_rest_route":         {Status: 200, Why: "the client is the same in every form of a route: the plugin knows it where the address says wp-json"},
	"path_me_rest_route_encoded": {Status: 200, Why: "the client is the same in every form of a route: the plugin knows it where the address says wp-json"},
	"path_me_index_rest_route":   {Status: 200, Why: "the client is the same in every form of a route: the plugin knows it where the address says wp-json"},
	"path_me_pct_prefix":         {Status: 200, Why: "the client is the same in every form of a route: the plugin knows it where the address says wp-json"},
	"path_me_pct":                {Status: 200, Why: "the gateway reads a path once and passes that on: m%65 is me (RFC 3986 section 6.2.2.2)"},
	"path_me_noauth_pct":         {Status: 401, Code: "rest_not_logged_in", Why: "the gateway reads a path once and passes that on: m%65 is me (RFC 3986 section 6.2.2.2)"},
	"path_me_bad_pct":            {Status: 401, Code: "rest_not_logged_in", Why: "the gateway reads a path once and passes that on: m%65 is me (RFC 3986 section 6.2.2.2)"},
	"app_me_basic":               {Status: 401, Code: "rest_not_logged_in", Why: "Basic is the gateway's method of that name, which is not set up here"},
}

// waits are the pauses before rows of the recording.
var waits = map[string]time.Duration{"expire2_after3s": 3 * time.Second, "rf_expired": 2 * time.Second}

func invalid(why string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 401, Code: "jwt_auth_invalid_token", Why: why, Safer: true}
}

func anonymous(why string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 401, Code: "rest_not_logged_in", Why: why, Safer: true}
}

func obsolete(why string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 401, Code: "jwt_auth_obsolete_refresh_token", Why: why, Safer: true}
}

// appPassword rows need WordPress's application passwords, which come from the user
// directory. The directory in memory has none, so the responses do not change when one is
// created.
func appPassword(code string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 401, Code: code, Why: "application passwords are the directory's"}
}

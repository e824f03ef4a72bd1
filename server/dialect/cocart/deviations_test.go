package cocart_test

import "github.com/cardea-auth/cardea/server/dialect/dialecttest"

// deviations are the recorded rows that Cardea answers differently on purpose; the lists
// in doc.go describe the same.
var deviations = map[string]dialecttest.Deviation{
	"validate_tok_exp_string":             bad("exp is not a number (RFC 7519 section 4.1.4)"),
	"validate_tok_nbf_future":             bad("not valid yet (RFC 7519 section 4.1.5)"),
	"validate_tok_user_id_float":          bad("an id that is a fraction"),
	"validate_tok_signed_payload_array":   bad("PHP breaks with a 500"),
	"validate_tok_signed_payload_invalid": bad("PHP breaks with a 500"),
	"setpw_validate":                      bad("the password was changed since"),
	"setpw_refresh":                       bad("the password was changed since"),

	"xff_none":                    {Status: 200, Why: "whoever sends X-Forwarded-For chooses the address that a token is tied to", Safer: true},
	"login_with_xff":              {Status: 200, Why: "X-Forwarded-For is believed from configured proxies only", Safer: true},
	"login_with_xrealip":          {Status: 200, Why: "X-Real-IP is never believed", Safer: true},
	"login_with_bearer":           {Status: 200, Why: "a stolen access token would become a refresh token", Safer: true},
	"login_with_bearer_and_creds": {Status: 200, Why: "a stolen access token would become a refresh token", Safer: true},
	"token_envelope_error":        {Status: 401, Code: "cocart_authentication_error", Why: "a refusal inside a 200", Safer: true},
	"rf_array":                    {Status: 403, Code: "cocart_jwt_auth_missing_refresh_token", Why: "PHP breaks with a 500", Safer: true},
	"alg_RS256_login":             {Status: 200, Why: "the plugin's token has no signature: none is given here", Safer: true},

	"login_basic_john.o-neil@corp":       {Status: 200, Why: "the plugin does not take a right password with a blank at its end"},
	"token_json_special1":                {Status: 200, Why: "the plugin does not take a right password with < or a backslash"},
	"token_method_OPTIONS":               {Status: 200, Why: "the schema of the answer is not described"},
	"validate_claim_other_user_same_pat": {Status: 200, Why: "a token that the site's secret signed; which pat is whose, only the plugin's database knows"},
}

func bad(why string) dialecttest.Deviation {
	return dialecttest.Deviation{Status: 403, Code: "cocart_authentication_error", Why: why, Safer: true}
}

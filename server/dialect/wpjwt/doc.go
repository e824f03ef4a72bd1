// Package wpjwt implements the API of the WordPress plugin "JWT Authentication for WP
// REST API" (Enrique Chavez, 1.3 and 1.4); server/mount opens it. Clients of the plugin
// work unchanged.
//
//	POST {prefix}/jwt-auth/v1/token           username, password  -> token, user_email, ...
//	POST {prefix}/jwt-auth/v1/token/validate  Authorization       -> jwt_auth_valid_token
//	GET  {prefix}/jwt-auth/v1                 detection of the plugin
//
// A token has the header {"typ":"JWT","alg":"HS256"} and the claims iss, iat, nbf, exp,
// data.user.id with the id as a string, then jti, sid and gen, which the plugin
// ignores. If the mount has the site's secret, the plugin and Cardea accept each
// other's tokens.
//
// The package only decodes and encodes: the engine checks passwords, tokens and users.
// On other routes the gateway decides what a bad Bearer means. It reads the header as the
// plugin does: "Bearer" is case-sensitive and followed by any number of blanks,
// possibly none; other schemes are ignored unless the gateway has a method for them.
//
// # Settings of the mount
//
//	issuer                           iss of the tokens
//	accept_issuers                   further iss of tokens that are accepted, such as of a former address
//	secret, secret_file              the site's secret, or a private key in PEM with its certificates
//	secret_previous                  the secret before it, or secret_previous_file; accepted until secret_previous_until
//	allow_weak_secret                let a weak secret verify tokens that the site has issued
//	access_life                      lifetime, instead of the plugin's
//	claims                           exact leaves out jti, sid and gen; a mapping copies fields of the user into the tokens
//	on_bad_token                     what a bad token means on routes with optional access
//	login_errors, login_names_only   what refused logins tell, and whether e-mail addresses are user names
//	error_codes                      documented: the codes of the documentation, for those that the plugin sends
//
// # Where it is stricter than the plugin
//
// Each row has a test, by the recorded exchange or in strict_test.go.
//
//	a token whose user was deleted or disabled          plugin: valid            here: jwt_auth_invalid_token
//	a token from before a change of password or role    plugin: valid            here: jwt_auth_invalid_token
//	exp missing, null or no number                      plugin: never expires    here: jwt_auth_invalid_token
//	data.user.id a login name                           plugin: signs in as it   here: jwt_auth_bad_request
//	data.user.id a list, object, fraction or ""         plugin: valid, or 500    here: jwt_auth_bad_request
//	base64 with padding, foreign letters or stray bits  plugin: valid            here: jwt_auth_invalid_token
//	a word after the token                              plugin: dropped          here: jwt_auth_invalid_token
//	typ of another kind of token, crit, jku and such    plugin: ignored          here: jwt_auth_invalid_token
//	a payload that is a list                            plugin: jwt_auth_bad_iss here: jwt_auth_invalid_token
//	a lifetime beyond tokens.max_ttl                    plugin: valid            here: jwt_auth_invalid_token
//	"token/validate" in the query                       plugin: no authentication  here: of no effect
//	username or password a list                         plugin: 500              here: counts as empty
//	a secret that is short or well known                plugin: signs with it    here: jwt_auth_bad_config
//	a refusal under _envelope                           plugin: inside a 200     here: its own status
//	a method override, or two routes in one request     plugin: follows it       here: rest_no_route
//
// # Where it differs without being stricter
//
//	auth-expire sets a moment in the past               plugin: an expired token here: tokens.min_ttl, one second
//	messages if an application password exists          plugin: change           here: unchanged; application passwords are accepted
//	Basic with an application password on other routes  plugin: WordPress's      here: the gateway's method basic, if there is one
//	m%65 for me in the path of a route                  plugin: rest_no_route    here: one reading of a path, users/me
//
// User name and password are trimmed, as in WordPress: a password with leading or
// trailing blanks that was set elsewhere does not match here.
//
// # Where it says more
//
// A refused token has an additional code in data.reason: jwt_auth_expired_token,
// jwt_auth_revoked_token or jwt_auth_user_not_found. With error_codes: documented, the
// first of them is also the code, as in published guides. Answers to a login must not
// be cached (Cache-Control).
package wpjwt

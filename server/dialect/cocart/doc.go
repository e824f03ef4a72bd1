// Package cocart implements the API of "CoCart JWT Authentication" for WooCommerce
// shops. server/mount opens it as cocart for the plugin's 3.x and as cocart1 for 1.0.
//
//	POST {prefix}/cocart/v2/login           Basic, or username and password -> profile, extras.jwt_token, extras.jwt_refresh
//	POST {prefix}/cocart/v2/logout          (also v1) a token               -> true; ends all sessions of the user here
//	POST {prefix}/cocart/jwt/refresh-token  refresh_token                   -> token, refresh_token
//	POST {prefix}/cocart/jwt/validate-token Authorization                   -> Token is valid.
//
// A token has the header {"alg":"HS256","typ":"JWT"} and the claims iss, iat, nbf, exp,
// data.user with id as a number, username, ip, device and pat, then jti, sid and gen.
// Slashes in it are escaped. A refresh revokes the access token that was issued with
// the used refresh token. 1.0 has no refresh tokens and no pat, has only login and
// logout, and answers 401 where 3.x answers 403.
//
// A second factor is a login-before hook that sets a challenge of the kind
// 2fa_required, with the fields available_providers ("totp,email"), default_provider
// and email_sent; it receives 2fa_code and 2fa_provider among the answers.
//
// The package only decodes and encodes. It rejects bad tokens on the plugin's own
// routes. On the cart the gateway does so, by rules with optional access; elsewhere a bad
// token is ignored. A good token is valid on every route that is not public. The plugin
// reads it only below /cocart; the rules that 'cardea quickstart' writes have the same
// effect. A header other than "Bearer" with a token of three parts is ignored.
//
// # Settings of the mount
//
//	issuer                           iss of the tokens
//	accept_issuers                   further iss of tokens that are accepted, such as of a former address
//	secret, secret_file              the site's secret, or a private key in PEM with its certificates
//	secret_previous                  the secret before it, or secret_previous_file; accepted until secret_previous_until
//	allow_weak_secret                let a weak secret verify tokens that the site has issued
//	access_life, refresh_life        lifetimes, instead of the plugin's
//	refresh_grace                    how long a used refresh token returns its successor again
//	claims                           exact leaves out jti, sid and gen; a mapping copies fields of the user into the tokens
//	on_bad_token                     what a bad token means on routes with optional access
//	login_errors, login_names_only   what refused logins tell, and whether e-mail addresses are user names
//	bind_peer                        tie a token to the address and user agent that it was issued to
//
// # Where it is stricter than the plugin
//
// Each row has a test, by the recorded exchange or in strict_test.go.
//
//	a change of password by any way                  plugin: some are missed here: the tokens are revoked
//	a token before its nbf or iat                    plugin: valid           here: 403
//	exp a string; data.user.id a fraction            plugin: valid           here: 403
//	a payload that is not an object                  plugin: 500             here: 403
//	the address in X-Forwarded-For or X-Real-IP      plugin: trusted         here: from configured proxies only
//	a login with a token                             plugin: also its refresh token  here: the token alone
//	an algorithm that takes no secret                plugin: an unsigned token       here: no token
//	HS384 and HS512                                  plugin: SHA-256 under their name  here: the named hash
//	a secret that is short or well known             plugin: signs with it   here: no token, cocart_jwt_auth_bad_config
//	refresh_token a list                             plugin: 500             here: counts as empty
//	a refusal under _envelope                        plugin: inside a 200    here: its own status
//
// # Where it differs without being stricter
//
//   - ip and device are written but not compared unless the mount has bind_peer,
//     because behind proxies this does more harm than good.
//   - A refresh token has Cardea's format, not 128 hexadecimal digits; those of the
//     plugin are unknown here. A refresh token that is used twice ends its session
//     after the grace window.
//   - A token of the plugin is valid if the site's secret signed it: only the
//     plugin's database knows the owner of a pat. A logout of its holder revokes
//     only this token.
//   - Correct passwords that the plugin modifies (a trailing space in Basic, "<" in
//     JSON) are accepted.
//   - OPTIONS on login does not describe the schema of the answer.
//   - The limit of five tokens per user is tokens.max_sessions or session-limit.
//   - Login by phone number needs a directory with phone numbers: a WordPress, of whose
//     users WooCommerce keeps them. A login name takes precedence.
package cocart

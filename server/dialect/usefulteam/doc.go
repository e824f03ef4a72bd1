// Package usefulteam implements the API of the WordPress plugin "JWT Auth" by Useful
// Team (3.0, the state of its master branch); server/mount opens it.
//
//	POST {prefix}/jwt-auth/v1/token           username, password, device -> data.token, and a refresh cookie
//	                                          the refresh cookie alone   -> data.token
//	POST {prefix}/jwt-auth/v1/token/validate  Authorization              -> jwt_auth_valid_token
//	POST {prefix}/jwt-auth/v1/token/refresh   the cookie, device         -> another cookie, no token
//	GET  {prefix}/jwt-auth/v1                 detection of the plugin
//
// Every answer is {success, statusCode, code, message, data}. A token has the header
// {"typ":"JWT","alg":"HS256"} and the claims iss, iat, nbf, exp, data.user with id as a
// number, device and pass, then jti, sid and gen.
//
// The cookie is "refresh_token=<user's number>.<refresh token>". A device is the name
// that the client sends for itself, "" if it sends none; per user and device only the
// refresh token of the latest login is valid. Access tokens issued earlier remain valid
// for their ten minutes, as in the plugin.
//
// The package only decodes and encodes. On other routes the gateway decides what a bad
// Bearer means: by default it is ignored, as with the plugin. Both read Bearer as
// case-sensitive, with any number of blanks after it, possibly none.
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
//	cookie_same_site                 SameSite of the refresh cookie
//	cookie_secure                    Secure of it, in any case
//	cookie_partitioned               Partitioned of it, for frames in pages of other sites
//	claims                           exact leaves out jti, sid and gen; a mapping copies fields of the user into the tokens
//	on_bad_token                     what a bad token means on routes with optional access
//	login_errors, login_names_only   what refused logins tell, and whether e-mail addresses are user names
//	error_codes                      documented: the codes of the documentation, for those that the plugin sends
//
// # Where it is stricter than the plugin
//
// Each row has a test, by the recorded exchange or in strict_test.go.
//
//	a change of password, role or e-mail address        plugin: refresh works    here: jwt_auth_obsolete_refresh_token
//	an access token from before such a change           plugin: mostly valid     here: jwt_auth_invalid_token
//	exp missing, null or no number                      plugin: never expires    here: jwt_auth_invalid_token
//	data.user.id a fraction                             plugin: valid            here: jwt_auth_invalid_token
//	base64 with padding, foreign letters or stray bits  plugin: valid            here: jwt_auth_invalid_token
//	a word after the token                              plugin: dropped          here: jwt_auth_invalid_token
//	typ of another kind of token                        plugin: ignored          here: jwt_auth_invalid_token
//	a payload that is a list                            plugin: jwt_auth_bad_iss here: jwt_auth_invalid_token
//	a wrong password with a good cookie (3.0.2)         plugin: a token          here: incorrect_password
//	a refresh token that is used twice                  plugin: refused          here: refused; after the grace window its session ends
//	a cookie for a user who does not exist              plugin: says so          here: jwt_auth_obsolete_refresh_token
//	a device's name of more than 128 bytes              plugin: kept             here: its first 128 bytes
//	username, password or device a list                 plugin: 500              here: counts as empty
//	a secret that is short or well known                plugin: signs with it    here: jwt_auth_bad_config
//	a refusal under _envelope                           plugin: inside a 200     here: its own status
//
// # Where it differs without being stricter
//
//   - The second part of the cookie is Cardea's refresh token, not 64 hexadecimal
//     digits. A cookie of the plugin is obsolete: its user must log in again.
//   - A session ends 30 days after its login, however often it is refreshed.
//   - device in a JSON body is also the device in the token; the plugin reads it
//     there from forms only.
//   - pass is derived from the user's generation and the mount's secret. It is
//     written for clients that look at it but never read: gen has the same effect,
//     and the plugin's own value is only in its database. So the plugin does not
//     accept tokens issued here, while its tokens are accepted here.
//   - auth-expire cannot go below tokens.min_ttl.
//   - jwt_auth_do_custom_auth (custom_auth) is a login-before hook or a method.
//   - Messages do not change if an application password exists; application
//     passwords are accepted at login. On other routes they require the gateway's
//     method basic.
//   - A client is the same in every form of a route: the plugin ignores tokens with
//     ?rest_route= or an escaped wp-json. An escaped letter in a route, m%65 for me,
//     is that letter; WordPress answers rest_no_route.
//
// With error_codes: documented, the code of an expired token is jwt_auth_expired_token.
package usefulteam

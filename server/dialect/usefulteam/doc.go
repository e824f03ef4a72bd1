// Package usefulteam is the contract of the WordPress plugin "JWT Auth" by Useful
// Team (3.0, as its master branch stands): server/mount opens it where a site used
// the plugin.
//
//	POST {prefix}/jwt-auth/v1/token           username, password, device -> data.token, and a refresh cookie
//	                                          the refresh cookie alone   -> data.token
//	POST {prefix}/jwt-auth/v1/token/validate  Authorization              -> jwt_auth_valid_token
//	POST {prefix}/jwt-auth/v1/token/refresh   the cookie, device         -> another cookie, no token
//	GET  {prefix}/jwt-auth/v1                 the "is it there" probe
//
// Every answer is {success, statusCode, code, message, data}. A token is
// {"typ":"JWT","alg":"HS256"} and iss, iat, nbf, exp, data.user with id as a
// number, device and pass, then jti, sid and gen.
//
// The cookie is "refresh_token=<user's number>.<refresh token>". A device is the
// name that the client gives itself, "" if it gives none; per user and device one
// refresh token is good, that of the latest login. Access tokens that were given
// out before live out their ten minutes, as in the plugin.
//
// The room only decodes and encodes. What a bad Bearer means on routes of others
// is the gate's: by default it is a guest's, as with the plugin. There, as
// here, a Bearer is the word in this case, before any blanks or none.
//
// # Where it is stricter than the plugin
//
// Each row has a test, by the recorded exchange or in strict_test.go.
//
//	a change of password, role or e-mail address        plugin: refresh goes on  here: jwt_auth_obsolete_refresh_token
//	an access token from before such a change           plugin: mostly valid     here: jwt_auth_invalid_token
//	exp missing, null or no number                      plugin: never expires    here: jwt_auth_invalid_token
//	data.user.id a fraction                             plugin: valid            here: jwt_auth_invalid_token
//	base64 with padding, foreign letters or stray bits  plugin: valid            here: jwt_auth_invalid_token
//	a word after the token                              plugin: dropped          here: jwt_auth_invalid_token
//	typ of another kind of token                        plugin: ignored          here: jwt_auth_invalid_token
//	a payload that is a list                            plugin: jwt_auth_bad_iss here: jwt_auth_invalid_token
//	a wrong password beside a good cookie (3.0.2)       plugin: a token          here: incorrect_password
//	a refresh token that is used twice                  plugin: refused          here: refused; after the grace window its session ends
//	a cookie for a user who does not exist              plugin: says so          here: jwt_auth_obsolete_refresh_token
//	a device's name of more than 128 bytes             plugin: kept             here: its first 128 bytes
//	username, password or device a list                 plugin: 500              here: counts as empty
//	a secret that is short or well known                plugin: signs with it    here: jwt_auth_bad_config
//	a refusal under _envelope                           plugin: inside a 200     here: its own status
//
// # Where it differs without being stricter
//
//   - The second part of the cookie is Cardea's refresh token, not 64 hexadecimal
//     digits. A cookie of the plugin is obsolete: its user logs in once more.
//   - A session ends 30 days after its login, however often it is refreshed.
//   - device in a JSON body is also the device in the token; the plugin reads it
//     there from forms only.
//   - pass follows the user's generation and the mount's secret. It is written for
//     those who look at it and never read: gen says the same, and the plugin's own
//     value is in a database that is not asked. So the plugin does not accept
//     tokens from here, while tokens of the plugin are accepted here.
//   - auth-expire does not go below tokens.min_ttl.
//   - jwt_auth_do_custom_auth (custom_auth) is a login-before hook or a method.
//   - Words do not change once an application password exists; the passwords
//     themselves log in. As Basic on other routes they are the gate's method basic.
//   - A client is the same in every form of a route: the plugin knows nobody under
//     ?rest_route= or an escaped wp-json. An escaped letter in a route, m%65 for me,
//     is that letter; WordPress answers rest_no_route.
//
// With error codes "documented" an expired token's code is jwt_auth_expired_token.
package usefulteam

// Package cocart is the contract of "CoCart JWT Authentication" for WooCommerce
// shops: server/mount opens it where a shop used the plugin, as cocart for its 3.x
// and as cocart1 for its 1.0.
//
//	POST {prefix}/cocart/v2/login           Basic, or username and password -> who it is, extras.jwt_token, extras.jwt_refresh
//	POST {prefix}/cocart/v2/logout          (also v1) a token               -> true; all that the user holds here ends
//	POST {prefix}/cocart/jwt/refresh-token  refresh_token                   -> token, refresh_token
//	POST {prefix}/cocart/jwt/validate-token Authorization                   -> Token is valid.
//
// A token is {"alg":"HS256","typ":"JWT"} and iss, iat, nbf, exp, data.user with id
// as a number, username, ip, device and pat, then jti, sid and gen. The slashes in
// it are escaped. A refresh ends the access token that came with the refresh token
// that it uses up. 1.0 gives no refresh token and no pat, has login and logout
// only, and answers 401 where 3.x answers 403.
//
// A second factor is a login-before hook that sets a challenge of the kind
// 2fa_required, with available_providers ("totp,email"), default_provider and
// email_sent as fields; it finds 2fa_code and 2fa_provider among the answers.
//
// The room only decodes and encodes. A bad Bearer is refused on the plugin's own
// routes; on the cart that is the gate's, with rules whose access is optional, and
// elsewhere a bad one is a guest's. A good token is good on every route that is not
// public; the plugin knows its holder below /cocart alone, where the
// rules that 'cardea quickstart' writes keep it. A header that does not look like "Bearer" and a token of three parts is a guest's.
//
// # Where it is stricter than the plugin
//
// Each row has a test, by the recorded exchange or in strict_test.go.
//
//	a change of password by any way                  plugin: some go unseen  here: the tokens end
//	a token before its nbf or iat                    plugin: valid           here: 403
//	exp a text; data.user.id a fraction              plugin: valid           here: 403
//	a payload that is no object                      plugin: 500             here: 403
//	the address in X-Forwarded-For or X-Real-IP      plugin: believed        here: from configured proxies only
//	a login with a token                             plugin: also its refresh token  here: the token alone
//	an algorithm that takes no secret                plugin: an unsigned token       here: no token
//	HS384 and HS512                                  plugin: SHA-256 under their name  here: as they are called
//	a secret that is short or well known             plugin: signs with it   here: no token, cocart_jwt_auth_bad_config
//	refresh_token a list                             plugin: 500             here: counts as empty
//	a refusal under _envelope                        plugin: inside a 200    here: its own status
//
// # Where it differs without being stricter
//
//   - ip and device are written and, as behind proxies they do more harm than good,
//     not compared, unless the mount has bind_peer.
//   - A refresh token is Cardea's, not 128 hexadecimal digits; one of the plugin is
//     unknown here. A refresh token that is used twice ends its session once the
//     grace window is over.
//   - A token of the plugin's own is good if the site's secret signed it: which pat
//     is whose, only the plugin's database knows. At a logout of its holder it ends
//     alone.
//   - Right passwords that the plugin garbles (a blank at the end of Basic, "<" in
//     JSON) log in.
//   - OPTIONS on login does not describe the schema of the answer.
//   - At most five tokens a user is tokens.max_sessions or session-limit.
//   - The phone number as user name is the directory's.
package cocart

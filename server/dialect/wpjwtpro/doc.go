// Package wpjwtpro implements the API of the WordPress plugin "JWT Auth Pro" (0.2);
// server/mount opens it.
//
//	POST {prefix}/jwt-auth/v1/token           username, password  -> token, user_id, ..., refresh_token
//	POST {prefix}/jwt-auth/v1/token/validate  Authorization       -> jwt_auth_valid_token
//	POST {prefix}/jwt-auth/v1/token/refresh   refresh_token       -> access_token, expires_in, token_type, refresh_token
//	POST {prefix}/jwt-auth/v1/token/revoke    Authorization       -> jwt_auth_token_revoked; its refresh token is revoked too
//	GET  {prefix}/jwt-auth/v1/admin/tokens    an administrator    -> items, pagination
//	GET, PUT, DELETE .../admin/tokens/{id}, GET .../details, .../related, .../usage-history
//	POST .../admin/tokens/bulk, GET .../admin/tokens/metrics
//	GET  .../analytics/summary, .../all-time, .../historical?period=7d
//	GET  .../admin/settings/options, .../admin/system/info
//
// A token has the header {"typ":"JWT","alg":"HS256"} and the claims iss, iat, nbf, exp,
// data.user.id as a number, then jti, sid and gen. The plugin has a database row per
// pair of tokens and treats a token without a row as revoked. Here the session is the
// row, one per token family, and a token without jti, sid and gen is treated as revoked
// unless the mount accepts foreign tokens. A refresh revokes the previous access token.
//
// Calls are counted per address, 60 a minute over all routes (the mount's rate_limit,
// and rate-limit for hooks), and reported in X-RateLimit-Limit, -Remaining and -Reset.
// Administrators are users with that role and a token of the mount. The package only
// decodes and encodes. On other routes the gateway decides what a bad Bearer means: by
// default it is ignored, as with the plugin.
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
//	error_codes                      documented: the codes of the documentation, for those that the plugin sends
//	rate_limit                       calls a minute of one address
//	foreign_tokens                   accept tokens that the plugin has issued
//
// # Where it is stricter than the plugin
//
// Each row has a test in strict_test.go.
//
//	a used refresh token presented again     plugin: refused           here: and the session ends once the grace window is over
//	exp missing, or no number                plugin: never expires     here: jwt_auth_invalid_token
//	base64 with padding or stray bits        plugin: valid             here: jwt_auth_invalid_token
//	a secret that is short or well known     plugin: signs with it     here: jwt_auth_bad_config
//	roles and e-mail address changed         plugin: as its settings say  here: the tokens are revoked
//
// # Where it differs without being stricter
//
//   - Refresh tokens have Cardea's format, not 32 hexadecimal digits, and the ID of
//     a row is a string. DELETE revokes: rows are deleted when nothing refers to
//     them any more.
//   - Only a 429 has Retry-After, as in the plugin's documentation.
//   - Calls to other routes are not counted here; the gateway has its own limits.
//   - The data of usage-history, analytics, settings and system is not publicly
//     specified: the members are named after the plugin's settings, columns and
//     events. The data is computed from at most 10,000 sessions: a session has the
//     times of its login, last refresh and end, but not of each use. The address is
//     that of the last use. Settings are read-only here and changed in the
//     configuration. Failures, countries and response times are in the metrics and
//     the audit log. There are no licences.
//
// # Where it says more
//
// The refusal of an expired token says so in data.reason. With error_codes: documented,
// the codes are jwt_auth_expired_token and jwt_auth_expired_refresh_token, as in
// published guides.
package wpjwtpro

// Package wpjwtpro is the contract of the WordPress plugin "JWT Auth Pro" (0.2):
// server/mount opens it where a site used the plugin.
//
//	POST {prefix}/jwt-auth/v1/token           username, password  -> token, user_id, ..., refresh_token
//	POST {prefix}/jwt-auth/v1/token/validate  Authorization       -> jwt_auth_valid_token
//	POST {prefix}/jwt-auth/v1/token/refresh   refresh_token       -> access_token, expires_in, token_type, refresh_token
//	POST {prefix}/jwt-auth/v1/token/revoke    Authorization       -> jwt_auth_token_revoked; its refresh token dies too
//	GET  {prefix}/jwt-auth/v1/admin/tokens    an administrator    -> items, pagination
//	GET, PUT, DELETE .../admin/tokens/{id}, GET .../details, .../related, .../usage-history
//	POST .../admin/tokens/bulk, GET .../admin/tokens/metrics
//	GET  .../analytics/summary, .../all-time, .../historical?period=7d
//	GET  .../admin/settings/options, .../admin/system/info
//
// A token is {"typ":"JWT","alg":"HS256"} and iss, iat, nbf, exp, data.user.id as a
// number, then jti, sid and gen. The plugin keeps a row a pair of tokens and calls
// a token that is in none revoked. Here the row is the session, one a family, and a
// token without jti, sid and gen is such a token, unless the mount is told to take
// foreign ones. A refresh ends the access token before it.
//
// Calls are counted by address, 60 a minute over all routes (the mount's
// rate_limit, and rate-limit for hooks), and told in X-RateLimit-Limit, -Remaining
// and -Reset. Administrators are those with that role who bring a token of the
// mount. The room only decodes and encodes. What a bad Bearer means on routes of
// others is the gate's: by default it is a guest's, as with the plugin.
//
// # Where it is stricter than the plugin
//
// Each row has a test in strict_test.go.
//
//	a used refresh token that comes back     plugin: refused           here: and the session ends once the grace window is over
//	exp missing, or no number                plugin: never expires     here: jwt_auth_invalid_token
//	base64 with padding or stray bits        plugin: valid             here: jwt_auth_invalid_token
//	a secret that is short or well known     plugin: signs with it     here: jwt_auth_bad_config
//	roles and e-mail address changed         plugin: as its settings say  here: the tokens end
//
// # Where it differs without being stricter
//
//   - Refresh tokens are Cardea's, not 32 hexadecimal digits, and the id of a row is
//     a text. DELETE revokes: rows go when nothing refers to them any more.
//   - Retry-After comes with a 429 alone, as the plugin's documentation says.
//   - Calls to routes of others are not counted here; limits there are the gate's.
//   - What stands in the data of usage-history, analytics, settings and system no
//     public contract says: the members are named after the plugin's settings, columns
//     and events. They are drawn from sessions, 10,000 at most: a session knows its
//     login, its last refresh and its end, not each use. The address is that of the
//     last use. Settings are read here and changed in the configuration. Failures,
//     countries and response times are the metrics' and the audit log's. There are
//     no licences.
//
// # Where it says more
//
// A refused token that has expired says so in data.reason. With error codes
// "documented" the guides' jwt_auth_expired_token and
// jwt_auth_expired_refresh_token are sent.
package wpjwtpro

// Package miniorange is the contract of the WordPress plugin "JWT Authentication
// for WP REST APIs" (miniOrange, 4.4): server/app mounts it where a site used the
// plugin. With a refresh lifetime on the mount it speaks the premium editions, of
// which no contract is public: what follows is designed in the free one's style.
//
//	POST {prefix}/api/v1/token           username, password -> token_type, iat, expires_in, jwt_token
//	GET  {prefix}/api/v1/token-validate  Authorization      -> VALID_TOKEN
//	OPTIONS, as a preflight                                 -> Preflight request accepted
//
//	premium: /token also answers refresh_token and refresh_expires_in, and
//	POST {prefix}/api/v1/refresh-token   refresh_token      -> the next pair; the one before is dead
//	POST {prefix}/api/v1/revoke-token    token              -> TOKEN_REVOKED, for either kind
//
// A refusal is {status, error, code, error_description} with the code as a text.
// A token is {"alg":"HS256","typ":"JWT"} and sub as a number, name, iat, exp, then
// jti, sid and gen. It has no iss: the mount's secret tells whose it is. expires_in
// is the moment of the end. The plugin's tokens last five years; tokens.max_ttl
// says how much of that is issued and accepted. Five failures of an address within
// a minute are answered 429 (the mount's rate_limit).
//
// # Premium features, and where they are
//
//	access and refresh lifetimes     the mount's access_life and refresh_life, auth-expire, refresh-expire
//	login by e-mail address          with a refresh lifetime
//	HS256 or RS256 with certificate  the mount's secret, or none and a key of that kind: the certificate is the JWKS
//	revocation at logout, change     the engine's, always
//	Basic, API key (one or per user) methods of the gate: basic and apikey
//	third-party provider tokens      the gate's, with a foreign issuer
//	role restriction                 rule roles and route-access; at login, login-after
//	custom header                    a rule's header with refuse_standard, custom-header
//	excluded REST APIs               rules with access: public, route-exclusion
//	everything else is protected     a rule for /wp-json/** with access: required
//
// The room only decodes and encodes.
//
// # Where it is stricter than the plugin
//
// Each row has a test, by the recorded exchange or in strict_test.go.
//
//	exp                                      plugin: never looked at      here: TOKEN_EXPIRED
//	a token whose user was deleted           plugin: valid                here: UNAUTHORIZED
//	a token from before a password change    plugin: valid                here: TOKEN_REVOKED
//	sub and name of two users                plugin: the name counts      here: UNAUTHORIZED
//	no sub, or no exp                        plugin: valid                here: UNAUTHORIZED
//	a header with another algorithm          plugin: "401" under a 200    here: 401
//	a fourth segment, a word after the token plugin: dropped              here: INVALID_SIGNATURE
//	a token signed with an empty secret      plugin: valid without a secret  here: INVALID_SIGNATURE
//	the header AUTHORISATION                 plugin: accepted             here: not read
//	?mo_rest_api_test_config=                plugin: switches the method  here: of no effect
//	username or password a list              plugin: 500                  here: INVALID_CREDENTIALS
//	a preflight                              plugin: any origin with credentials  here: the same answer, the server's cors
//	m%65 for me in a protected route         plugin: not protected        here: the route that it is
//	a secret that is short or well known     plugin: signs with it        here: BAD_REQUEST
//
// # Where it differs without being stricter
//
//   - ?rest_route= is the route that it names. The free edition takes it for none of
//     WordPress's own, and serves those to nobody ("Restricted").
//   - "Restricted" is what the gate says where no rule allows a route; its
//     error_reason speaks of rules, not of plans.
package miniorange

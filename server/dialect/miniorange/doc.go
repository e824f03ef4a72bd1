// Package miniorange implements the API of the WordPress plugin "JWT Authentication for
// WP REST APIs" (miniOrange, 4.4); server/mount opens it. If the mount has a refresh
// lifetime, it implements the premium editions; their API is not public and is designed
// here in the style of the free one.
//
//	POST {prefix}/api/v1/token           username, password -> token_type, iat, expires_in, jwt_token
//	GET  {prefix}/api/v1/token-validate  Authorization      -> VALID_TOKEN
//	OPTIONS, as a preflight                                 -> Preflight request accepted
//
//	GET  {prefix}/api/v1/public-key      (RS256 and other key pairs) -> algorithm, public_key in PEM, x5c
//
//	premium: /token also answers refresh_token and refresh_expires_in, and
//	POST {prefix}/api/v1/refresh-token   refresh_token      -> the next pair; the previous one is revoked
//	POST {prefix}/api/v1/revoke-token    token              -> TOKEN_REVOKED, for either kind
//
// A refusal is {status, error, code, error_description} with the code as a string. A
// token has the header {"alg":"HS256","typ":"JWT"} and the claims sub as a number,
// name, iat, exp, then jti, sid and gen. It has no iss: the mount's secret identifies
// the issuer. expires_in is the expiry time. The plugin's tokens last five years;
// tokens.max_ttl limits what is issued and accepted. Five failures of an address within
// a minute are answered 429 (the mount's rate_limit).
//
// # Settings of the mount
//
//	issuer                           the name in the self-signed certificate of /public-key
//	accept_issuers                   an error: the tokens have no iss
//	secret, secret_file              the site's secret, or a private key in PEM with its certificates
//	secret_previous                  the secret before it, or secret_previous_file; accepted until secret_previous_until
//	allow_weak_secret                let a weak secret verify tokens that the site has issued
//	access_life, refresh_life        lifetimes, instead of the plugin's
//	refresh_grace                    how long a used refresh token returns its successor again
//	claims                           exact leaves out jti, sid and gen; a mapping copies fields of the user into the tokens
//	on_bad_token                     what a bad token means on routes with optional access
//	login_errors, login_names_only   what refused logins tell, and whether e-mail addresses are user names
//	rate_limit                       failures a minute of one address
//	mode                             the one kind of credential that is accepted
//
// # Premium features, and where they are
//
//	access and refresh lifetimes     the mount's access_life and refresh_life, auth-expire, refresh-expire
//	login by e-mail address          with a refresh lifetime, unless the mount has login_names_only
//	HS256 or RS256 with certificate  the mount's secret: a string, or a private key in PEM, with its certificates; none: the engine's keys
//	revocation at logout, change     the engine's, always
//	one method at a time             the mount's mode: jwt, basic or apikey; none: any that the gateway has
//	third-party provider tokens      the gateway's, with an external issuer
//	role restriction                 the mount's refuse_roles, rule roles, route-access, login-after
//	custom header                    the mount's header, or a rule's; custom-header
//	excluded REST APIs               rules with access: public, route-exclusion
//	everything else is protected     a rule for /wp-json/** with access: required; 'cardea quickstart' writes it
//
// A mode applies to the mount's REST API; the token route works in every mode, as the
// plugin's does, and token-validate answers as the gateway does: in the modes basic and apikey
// no token is valid. The mode requires the gateway's method of that name, which checks the
// credential:
//
//	mode    credential                                 refused as
//	jwt     Authorization: Bearer <token>              SEGMENT_FAULT, INVALID_SIGNATURE, TOKEN_EXPIRED, TOKEN_REVOKED, UNAUTHORIZED
//	basic   Authorization: Basic <name:password>       INVALID_USERNAME, INVALID_PASSWORD (400), INVALID_TOKEN_FORMAT
//	apikey  Authorization: Bearer <key>, or X-API-Key  INVALID_API_KEY
//	all     none, or of another kind                   MISSING_AUTHORIZATION_HEADER, INVALID_AUTHORIZATION_HEADER_TOKEN_TYPE
//
// An API key belongs to a user and acts for that user. The free plugin's single key for
// the whole site, without a user, is not supported, nor is Basic with a client's ID and
// secret; use API keys instead. With login_errors: uniform, Basic has one refusal,
// INVALID_CREDENTIALS. The certificates in x5c are those that stand beside the private key
// in the mount's secret; without any it is a self-signed one that only carries the key.
//
// The package only decodes and encodes.
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
//	a preflight                              plugin: any origin with credentials  here: without credentials, or the server's cors
//	m%65 for me in a protected route         plugin: not protected        here: the route that it is
//	a secret that is short or well known     plugin: signs with it        here: BAD_REQUEST
//
// # Where it differs without being stricter
//
//   - ?rest_route= selects the route that it names. The free edition treats it as
//     none of WordPress's own and answers "Restricted" even with a good token; here
//     only requests that the route's rule refuses get this answer.
//   - An escaped letter in a route, m%65 for me, is that letter; WordPress answers
//     rest_no_route.
//   - "Restricted" is the gateway's answer if no rule allows a route, or only the rule
//     of 'cardea quickstart' for routes that the free edition does not serve; its
//     error_reason names rules instead of plans.
package miniorange

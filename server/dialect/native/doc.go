// Package native implements Cardea's own login API: plain JSON over a few endpoints,
// for clients that were not written for a plugin. The token format is core's native
// one.
//
//	POST /auth/login    {username, password}  -> access_token, token_type, expires_in, refresh_token
//	POST /auth/refresh  {refresh_token}       -> the same
//	POST /auth/logout   with credentials      -> 204; the session and its tokens end
//	POST /auth/revoke   {token}               -> 200, whatever the token was
//	GET  /auth/me       with credentials      -> the user they belong to
//	POST /auth/apikeys/leaked {key}           -> 204 always; a valid key is revoked
//
// Settings of the mount: access_life and refresh_life, instead of those under tokens;
// claims, fields of the user that are copied into the tokens; login_names_only. Its issuer
// is tokens.issuer.
//
// Errors are {code, message, data: {status}}. Unknown users, disabled users and wrong
// passwords give the same answer. The package decodes and encodes; the engine makes all
// decisions.
package native

// Package native is Cardea's own login: plain JSON over a few endpoints, for
// clients that need to please no plugin. The token format is core's native one.
//
//	POST /auth/login    {username, password}  -> access_token, token_type, expires_in, refresh_token
//	POST /auth/refresh  {refresh_token}       -> the same
//	POST /auth/logout   with credentials      -> 204; the session and its tokens end
//	POST /auth/revoke   {token}               -> 200, whatever the token was
//	GET  /auth/me       with credentials      -> who they belong to
//	POST /auth/apikeys/leaked {key}           -> 204 always; a real key is dead after it
//
// Errors are {code, message, data: {status}}. Unknown, disabled and wrong give
// the same answer. It decodes and encodes; every decision is the engine's.
package native

// Package jwt is the Bearer token method (RFC 6750): JSON Web Tokens in the token formats of the
// policy. It handles every Bearer credential, even a malformed one, except those in the
// form of an API key.
//
//	Authorization: Bearer eyJ... -> Deps.VerifyToken -> Identity
//
// Package core/token defines the rules for tokens and core/keys the keys; this package only
// names the method and writes its challenge.
package jwt

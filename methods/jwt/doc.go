// Package jwt is the Bearer-token method (RFC 6750): JSON Web Tokens of the
// layouts that the policy knows. Every Bearer credential is its own, also a
// malformed one, except those in the form of an API key.
//
//	Authorization: Bearer eyJ... -> Deps.VerifyToken -> Identity
//
// The rules for tokens are core/token's, the keys core/keys'; this package only
// names the method and words its challenge.
package jwt

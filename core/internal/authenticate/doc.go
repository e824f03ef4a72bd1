// Package authenticate authenticates requests: it finds the credential, asks the cache and
// the methods, and checks that the credential is still valid.
//
//	core.Engine -> Authenticator -> cache -> methods -> revocation index -> token-verify -> identity-resolved
//
// The engine decides which rule governs the request and whether it allows the identity.
package authenticate

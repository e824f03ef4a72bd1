// Package authenticate says who a request is from: where its credential stands, which
// method takes it, what is remembered of it, and whether it still counts.
//
//	core.Engine -> Authenticator -> cache -> methods -> revocation index -> token-verify -> identity-resolved
//
// Which rule governs the request, and whether it lets them pass, is the engine's business.
package authenticate

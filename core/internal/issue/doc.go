// Package issue issues tokens: access tokens, and the sessions in which they are refreshed.
//
//	core.Tokens -> Issuer -> lifetime filters -> claims -> stamp -> sign -> session row
//
// The caller authenticates the identity; this package checks what the identity may be
// issued.
package issue

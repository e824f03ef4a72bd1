// Package issue makes tokens: access tokens, and the sessions in which they are refreshed.
//
//	core.Tokens -> Issuer -> lifetime filters -> claims -> stamp -> sign -> session row
//
// Who it issues to is the caller's business; what an identity may be given is checked here.
package issue

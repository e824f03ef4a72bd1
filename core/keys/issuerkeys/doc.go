// Package issuerkeys holds the public keys of an external issuer: fetched from it with
// [Open], or from a file with [Fixed]. The engine verifies that issuer's tokens with them.
//
//	JWK set at a URL, or discovery --Open--> Remote --Verifying--+
//	                                                             +--> core.ExternalIssuer.Keys
//	keys.ParseSetFor ----------------------> Fixed --------------+
//
// Fetches have a cool-down and cannot reach internal addresses unless configured. The issuer
// chooses its keys, so their size and the number that is tried for a token are bounded.
package issuerkeys

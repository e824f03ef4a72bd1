// Package token implements JWTs: parsing, signing, and the verification of signatures and
// claims.
//
// The methods and dialects call it for every Bearer token, the engine when it issues one,
// and "cardea token verify" to explain a refusal:
//
//	text --Parse--> Token --Verify(keys)--> key --Check(profile, now)--> nil
//	  |               |          |                    |
//	  size, base64,   strict     the key decides      typ, times, issuer,
//	  segments        JSON       the algorithm        audience, subject
//
// Every step returns an [api.Error] whose reason names the violated rule. Less strict
// token formats of other issuers use the same parser with another [Profile].
//
// The package holds no keys, does not check revocation, fetches nothing and has no clock.
// It uses golang-jwt for the signature primitives and does not expose it.
package token

// Package token is a JWT as text: what may be read as one, who signed it, and
// whether its claims hold here and now.
//
// The methods and dialects call it for every Bearer token, the engine when it
// issues one, and "cardea token verify" to explain a refusal:
//
//	text --Parse--> Token --Verify(keys)--> key --Check(profile, now)--> nil
//	  |               |          |                    |
//	  size, base64,   strict     the key decides      typ, times, issuer,
//	  segments        JSON       the algorithm        audience, subject
//
// Every step answers with an [api.Error] whose reason names the rule. The
// looser layouts of other issuers are a [Profile] of the same parser.
//
// It holds no keys, knows no revocation, fetches nothing and has no clock.
// golang-jwt supplies the signature primitives and stays inside this room.
package token

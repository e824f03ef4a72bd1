package token

import "github.com/cardea-auth/cardea/core/api"

// VerifyJWS is Parse and Verify for a payload of any kind: the vectors of Project
// Wycheproof sign the text "foo".
func VerifyJWS(text string, keys ...api.Key) error {
	parts, err := split(text)
	if err != nil {
		return malformed(err)
	}
	header, err := parseHeader(parts.header)
	if err != nil {
		return err
	}
	_, err = NewVerifier(keys...).verify(parts, header)
	return err
}

// VerifyRaw verifies a bare signature, without the length limits of a JWS.
func VerifyRaw(message, signature []byte, key api.Key) error {
	return newChecker(key).run(segments{signed: string(message), signature: signature})
}

func (c checker) run(parts segments) error {
	if c.err != nil {
		return c.err
	}
	return c.check(parts.signed, parts.signature)
}

// ParseObject is the scanner.
var ParseObject = parseObject

package members

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// maxNumber bounds the length of an encoded number in a JWK in bytes, before anything
// is computed with it. It is somewhat larger than any accepted modulus.
const maxNumber = 4096

// Numbers returns the key parameters of a JWK (RFC 7518 section 6) as a JSON object,
// without any other members. Private parameters are included only if private is set.
func Numbers(members map[string]json.RawMessage, private bool) ([]byte, error) {
	names := []string{"kty", "crv", "n", "e", "x", "y"}
	if private {
		names = append(names, "d", "p", "q", "dp", "dq", "qi")
	}
	kept := map[string]json.RawMessage{}
	for _, name := range names {
		value, ok := members[name]
		if len(value) > maxNumber {
			return nil, fmt.Errorf("member %s has %d bytes, at most %d are read", name, len(value), maxNumber)
		}
		if ok {
			kept[name] = value
		}
	}
	if k, ok := members["k"]; ok {
		kept["k"] = k
	}
	if _, more := members["oth"]; more && private {
		return nil, errors.New("RSA key of more than two primes: use one of two")
	}
	if err := checkExponent(kept["e"]); err != nil {
		return nil, err
	}
	return json.Marshal(kept)
}

// checkExponent rejects an exponent that does not fit in an int, which would be
// truncated. Values that are not numbers are rejected when the key is parsed.
func checkExponent(e json.RawMessage) error {
	var text string
	if err := json.Unmarshal(e, &text); err != nil {
		return nil
	}
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil
	}
	if bits := new(big.Int).SetBytes(data).BitLen(); bits > 31 {
		return fmt.Errorf("RSA exponent of %d bits: use 65537", bits)
	}
	return nil
}

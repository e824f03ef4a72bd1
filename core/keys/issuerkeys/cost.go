package issuerkeys

import (
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
)

// Limits on the cost of an external issuer's keys. The issuer chooses them, and any
// client can cause a verification: with 8 keys of 8192 bits and a large exponent, one
// request took 28 ms. Package keys bounds all keys less strictly.
const (
	maxRSABits  = 4096
	maxExponent = 65537

	// For one token. Verifying on the larger curves takes ten times as long.
	maxTriedOther      = 4
	maxTriedLargeCurve = 2 // with ES384 and ES512
)

func maxTried(algorithm string) int {
	if algorithm == "ES384" || algorithm == "ES512" {
		return maxTriedLargeCurve
	}
	return maxTriedOther
}

// errCostly wraps errors about keys that are sound but too expensive to verify with.
var errCostly = errors.New("the key costs too much to check with")

func checkCost(key api.Key) error {
	public, ok := key.Public.(*rsa.PublicKey)
	if !ok {
		return nil
	}
	if bits := public.N.BitLen(); bits > maxRSABits {
		return fmt.Errorf("%w: RSA modulus of %d bits, at most %d are accepted from another issuer", errCostly, bits, maxRSABits)
	}
	if public.E > maxExponent {
		return fmt.Errorf("%w: RSA exponent %d, at most %d is accepted from another issuer", errCostly, public.E, maxExponent)
	}
	return nil
}

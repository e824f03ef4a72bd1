package keys

import (
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
)

// Limits on the cost of an external issuer's keys. The issuer chooses them, and any
// client can cause a verification: with 8 keys of 8192 bits and a large exponent, one
// request took 28 ms. Own keys are bounded by check alone.
const (
	maxForeignRSABits  = 4096
	maxForeignExponent = 65537

	// For one token. Verifying on the larger curves takes ten times as long.
	maxForeignTried      = 4
	maxForeignTriedLarge = 2 // with ES384 and ES512
)

func foreignTries(algorithm string) int {
	if algorithm == "ES384" || algorithm == "ES512" {
		return maxForeignTriedLarge
	}
	return maxForeignTried
}

// errCostly wraps errors about keys that are sound but too expensive to verify with.
var errCostly = errors.New("the key costs too much to check with")

func checkForeign(key api.Key) error {
	public, ok := key.Public.(*rsa.PublicKey)
	if !ok {
		return nil
	}
	if bits := public.N.BitLen(); bits > maxForeignRSABits {
		return fmt.Errorf("%w: RSA modulus of %d bits, at most %d are accepted from another issuer", errCostly, bits, maxForeignRSABits)
	}
	if public.E > maxForeignExponent {
		return fmt.Errorf("%w: RSA exponent %d, at most %d is accepted from another issuer", errCostly, public.E, maxForeignExponent)
	}
	return nil
}

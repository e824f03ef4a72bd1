package roca

import "math/big"

// IsWeak reports whether n has the fingerprint of the broken generator of
// CVE-2017-15361: its moduli are powers of 65537 modulo every small prime. About one in
// 2^27 sound moduli matches as well.
func IsWeak(n *big.Int) bool {
	var m big.Int
	for _, p := range [...]int64{
		3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
		89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
	} {
		if !isPower(m.Mod(n, big.NewInt(p)).Int64(), p) {
			return false
		}
	}
	return true
}

// isPower reports whether x is a power of 65537 modulo p.
func isPower(x, p int64) bool {
	for power, i := int64(1), int64(0); i < p; i++ {
		if power == x {
			return true
		}
		power = power * 65537 % p
	}
	return false
}

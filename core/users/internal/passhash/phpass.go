package passhash

import (
	"crypto/md5"
	"crypto/subtle"
	"fmt"
	"strings"
)

// Bounds on the log2 of the rounds. WordPress uses 13; 20 takes a tenth of a second.
const (
	minPhpass = 7
	maxPhpass = 20
)

// itoa64 is the alphabet of crypt(3), with six bits per character.
const itoa64 = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// phpass is the portable hash of WordPress before 6.8, and with $H$ of phpBB: MD5 of
// salt and password, then repeatedly of the previous sum and the password.
//
//	$P$B<8 characters of salt><22 of sum>     B: 2^13 rounds
type phpass struct{}

func (phpass) Match(hash string) bool {
	return strings.HasPrefix(hash, "$P$") || strings.HasPrefix(hash, "$H$")
}

func (phpass) Cost(hash string) (Cost, error) {
	const length, costAt = 34, 3
	if len(hash) != length {
		return Cost{}, fmt.Errorf("verify password: stored phpass hash: %d characters instead of %d", len(hash), length)
	}
	power := strings.IndexByte(itoa64, hash[costAt])
	if power < minPhpass || power > maxPhpass {
		return Cost{}, fmt.Errorf("verify password: stored phpass hash: cost %d is not from %d to %d", power, minPhpass, maxPhpass)
	}
	return Cost{Kind: Stretched, N: 1 << power}, nil
}

func (p phpass) Verify(hash, password string) error {
	const saltAt, sumAt = 4, 12
	work, err := p.Cost(hash)
	if err != nil {
		return err
	}
	password = trim(password)
	sum := stretch(hash[saltAt:sumAt], password, int(work.N))
	// Compare the encoding: the last character has unused bits.
	if password == "" || subtle.ConstantTimeCompare([]byte(encode64(sum[:])), []byte(hash[sumAt:])) != 1 {
		return ErrMismatch
	}
	return nil
}

func stretch(salt, password string, rounds int) [md5.Size]byte {
	sum := md5.Sum([]byte(salt + password))
	buf := append(sum[:], password...)
	for range rounds {
		sum = md5.Sum(buf)
		copy(buf, sum[:])
	}
	return sum
}

// encode64 encodes six bits per character, the lowest first.
func encode64(b []byte) string {
	var out strings.Builder
	bits, n := uint(0), 0
	for _, c := range b {
		bits |= uint(c) << n
		for n += 8; n >= 6; n -= 6 {
			out.WriteByte(itoa64[bits&63])
			bits >>= 6
		}
	}
	if n > 0 {
		out.WriteByte(itoa64[bits&63])
	}
	return out.String()
}

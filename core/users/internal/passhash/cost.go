package passhash

import (
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// Cost is the work required to verify a hash. Two hashes of the same cost take the same
// time for the same password.
type Cost struct {
	Kind   Kind
	N      uint32 // rounds (stretched, crypted), log2 of rounds (bcrypt) or KiB (argon2)
	Passes uint32 // argon2 only
	Lanes  uint8  // argon2 only
}

// Kind is the algorithm that does the work.
type Kind uint8

const (
	Quick     Kind = iota // negligible: MD5, BLAKE2b
	Stretched             // iterated MD5: phpass
	Crypted               // md5-crypt
	Bcrypted              // bcrypt, with or without prehashing
	Argon                 // argon2i and argon2id
)

// Caps on the cost to which every check is raised, about half a second of CPU time. A
// hash above them still verifies, within the bounds of its form, but takes longer and
// so reveals that the user exists.
const (
	CapBcrypt = 13
	capRounds = 1 << 16
	capArgon  = 512 << 10 // KiB times passes
)

// String returns the common name of the form with its parameters.
func (c Cost) String() string {
	switch c.Kind {
	case Stretched:
		return fmt.Sprintf("phpass, %d rounds", c.N)
	case Crypted:
		return "md5-crypt"
	case Bcrypted:
		return fmt.Sprintf("bcrypt, cost %d", c.N)
	case Argon:
		return fmt.Sprintf("argon2, m=%d t=%d p=%d", c.N, c.Passes, c.Lanes)
	}
	return "MD5 or BLAKE2b"
}

// TooHigh explains how the cost exceeds the cap; "" if it does not.
func (c Cost) TooHigh() string {
	switch {
	case c.Kind == Stretched && c.N > capRounds:
		return fmt.Sprintf("%d rounds of phpass are more than %d", c.N, capRounds)
	case c.Kind == Bcrypted && c.N > CapBcrypt:
		return fmt.Sprintf("bcrypt's cost %d is above %d", c.N, CapBcrypt)
	case c.Kind == Argon && uint64(c.N)*uint64(c.Passes) > capArgon:
		return fmt.Sprintf("argon2's memory of %d KiB times %d passes is above %d", c.N, c.Passes, capArgon)
	}
	return ""
}

// run does the work for a password and discards the result.
func (c Cost) run(password string) {
	switch c.Kind {
	case Stretched:
		stretch("saltsalt", password, int(c.N))
	case Crypted:
		md5CryptSum("saltsalt", password)
	case Bcrypted:
		nothing := fmt.Sprintf("$2y$%02d$......................///////////////////////////////", c.N)
		_ = bcrypt.CompareHashAndPassword([]byte(nothing), []byte(password)) // the result is always a mismatch
	case Argon:
		argon2.IDKey([]byte(password), make([]byte, SaltLength), c.Passes, c.N, c.Lanes, sumLength)
	}
}

// blocks returns the blocks of MD5 per round for a password of this length.
func (c Cost) blocks(length int) float64 {
	const size, padding = 64, 9
	switch c.Kind {
	case Stretched:
		return float64((16 + length + padding + size - 1) / size)
	case Crypted: // a round includes the password once or twice
		return float64(16+length*3/2+padding+size/2) / size
	}
	return 0
}

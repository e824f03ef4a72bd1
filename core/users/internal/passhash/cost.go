package passhash

import (
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// Cost is the work that a stored hash asks for. Two hashes of one cost take the
// same time with the same password.
type Cost struct {
	Kind   Kind
	N      uint32 // of stretched and crypted rounds; of bcrypt the power of two; of argon2 KiB
	Passes uint32 // of argon2
	Lanes  uint8  // of argon2
}

// Kind is what the work consists of.
type Kind uint8

const (
	Quick     Kind = iota // next to none: MD5, BLAKE2b
	Stretched             // MD5 over and over: phpass
	Crypted               // md5-crypt
	Bcrypted              // bcrypt, with or without a digest before it
	Argon                 // argon2i and argon2id
)

// Caps on what every try is made to cost, some half a second of one processor. A
// hash beyond them still verifies, within the bounds of its form, but takes longer
// than others and so tells that its user exists.
const (
	CapBcrypt = 13
	capRounds = 1 << 16
	capArgon  = 512 << 10 // KiB times passes
)

// String says the form as people know it.
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

// TooHigh says by how much the cost is above the cap; "" if it is not.
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

// run does the work on a password, for nothing.
func (c Cost) run(password string) {
	switch c.Kind {
	case Stretched:
		stretch("saltsalt", password, int(c.N))
	case Crypted:
		md5CryptSum("saltsalt", password)
	case Bcrypted:
		nothing := fmt.Sprintf("$2y$%02d$......................///////////////////////////////", c.N)
		_ = bcrypt.CompareHashAndPassword([]byte(nothing), []byte(password)) // the verdict is known
	case Argon:
		argon2.IDKey([]byte(password), make([]byte, SaltLength), c.Passes, c.N, c.Lanes, sumLength)
	}
}

// blocks is how many blocks of MD5 a round takes with a password of this length.
func (c Cost) blocks(length int) float64 {
	const size, padding = 64, 9
	switch c.Kind {
	case Stretched:
		return float64((16 + length + padding + size - 1) / size)
	case Crypted: // a round has the password once or twice
		return float64(16+length*3/2+padding+size/2) / size
	}
	return 0
}

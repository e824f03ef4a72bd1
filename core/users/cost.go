package users

import (
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/cardea-auth/cardea/core/api"
)

// cost is the work that a stored hash asks for. Two hashes of one cost take the
// same time with the same password.
type cost struct {
	kind   kind
	n      uint32 // of stretched and crypted rounds; of bcrypt the power of two; of argon2 KiB
	passes uint32 // of argon2
	lanes  uint8  // of argon2
}

// kind is what the work consists of.
type kind uint8

const (
	quick     kind = iota // next to none: MD5, BLAKE2b
	stretched             // MD5 over and over: phpass
	crypted               // md5-crypt
	bcrypted              // bcrypt, with or without a digest before it
	argon                 // argon2i and argon2id
)

// Caps on what every try is made to cost, some half a second of one processor. A
// hash beyond them still verifies, within the bounds of its form, but takes longer
// than others and so tells that its user exists.
const (
	capBcrypt = 13
	capRounds = 1 << 16
	capArgon  = 512 << 10 // KiB times passes
)

// String says the form as people know it.
func (c cost) String() string {
	switch c.kind {
	case stretched:
		return fmt.Sprintf("phpass, %d rounds", c.n)
	case crypted:
		return "md5-crypt"
	case bcrypted:
		return fmt.Sprintf("bcrypt, cost %d", c.n)
	case argon:
		return fmt.Sprintf("argon2, m=%d t=%d p=%d", c.n, c.passes, c.lanes)
	}
	return "MD5 or BLAKE2b"
}

// tooHigh says by how much the cost is above the cap; "" if it is not.
func (c cost) tooHigh() string {
	switch {
	case c.kind == stretched && c.n > capRounds:
		return fmt.Sprintf("%d rounds of phpass are more than %d", c.n, capRounds)
	case c.kind == bcrypted && c.n > capBcrypt:
		return fmt.Sprintf("bcrypt's cost %d is above %d", c.n, capBcrypt)
	case c.kind == argon && uint64(c.n)*uint64(c.passes) > capArgon:
		return fmt.Sprintf("argon2's memory of %d KiB times %d passes is above %d", c.n, c.passes, capArgon)
	}
	return ""
}

// run does the work on a password, for nothing.
func (c cost) run(password string) {
	switch c.kind {
	case stretched:
		stretch("saltsalt", password, int(c.n))
	case crypted:
		md5CryptSum("saltsalt", password)
	case bcrypted:
		nothing := fmt.Sprintf("$2y$%02d$......................///////////////////////////////", c.n)
		_ = bcrypt.CompareHashAndPassword([]byte(nothing), []byte(password)) // the verdict is known
	case argon:
		argon2.IDKey([]byte(password), make([]byte, saltLength), c.passes, c.n, c.lanes, sumLength)
	}
}

// blocks is how many blocks of MD5 a round takes with a password of this length.
func (c cost) blocks(length int) float64 {
	const size, padding = 64, 9
	switch c.kind {
	case stretched:
		return float64((16 + length + padding + size - 1) / size)
	case crypted: // a round has the password once or twice
		return float64(16+length*3/2+padding+size/2) / size
	}
	return 0
}

// checkHash refuses a hash from elsewhere that no login could use, or that would
// take longer than any other.
func checkHash(hash api.Secret) error {
	s := formOf(forms(), hash.Reveal())
	if s == nil {
		return invalid("password hash is of no known form")
	}
	c, err := s.cost(hash.Reveal())
	if err != nil {
		return invalid("password hash cannot be used: " + err.Error())
	}
	if why := c.tooHigh(); why != "" {
		return invalid("password hash costs too much: " + why)
	}
	return nil
}

// formOf returns the form that a hash is of, nil if none.
func formOf(list []scheme, hash string) scheme {
	for _, s := range list {
		if s.match(hash) {
			return s
		}
	}
	return nil
}

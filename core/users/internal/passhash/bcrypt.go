package passhash

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// maxBcryptCost is 2^15 rounds, about two seconds: three steps beyond what any
// system of today sets by default.
const maxBcryptCost = 15

// bcryptForm is bcrypt under the prefixes that mean the same to every
// implementation of today. Like all of them it looks at 72 bytes at most.
//
//	$2y$10$<22 characters of salt><31 of sum>
type bcryptForm struct{}

func (bcryptForm) Match(hash string) bool {
	return strings.HasPrefix(hash, "$2y$") || strings.HasPrefix(hash, "$2a$") || strings.HasPrefix(hash, "$2b$")
}

func (bcryptForm) Cost(hash string) (Cost, error) {
	if err := checkBcrypt(hash); err != nil {
		return Cost{}, fmt.Errorf("verify password: stored bcrypt hash: %w", err)
	}
	n, err := bcrypt.Cost([]byte(hash))
	return Cost{Kind: Bcrypted, N: uint32(n)}, err
}

func (bcryptForm) Verify(hash, password string) error {
	if err := checkBcrypt(hash); err != nil {
		return fmt.Errorf("verify password: stored bcrypt hash: %w", err)
	}
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
	if errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return ErrMismatch
	}
	if err != nil {
		return fmt.Errorf("verify password: stored bcrypt hash: %w", err)
	}
	return nil
}

// checkBcrypt judges the parts that the library is lenient about: the length,
// the sign after the cost, the cost, and the four bits of the last character of the salt that no one
// uses, which must be zero or two texts would be one hash.
func checkBcrypt(hash string) error {
	const length, afterCost, lastOfSalt = 60, 6, 28
	if len(hash) != length || hash[afterCost] != '$' {
		return fmt.Errorf("it is not $2y$<cost>$ and %d characters, %d in all", length-afterCost-1, length)
	}
	cost, err := bcrypt.Cost([]byte(hash))
	if err != nil {
		return errors.New("the cost is not a number that bcrypt knows")
	}
	if cost > maxBcryptCost {
		return fmt.Errorf("cost %d is above %d: let the user set the password anew", cost, maxBcryptCost)
	}
	if !strings.ContainsRune(".Oeu", rune(hash[lastOfSalt])) {
		return errors.New("the salt has bits beyond its end")
	}
	return nil
}

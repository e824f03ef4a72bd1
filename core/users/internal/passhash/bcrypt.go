package passhash

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// maxBcryptCost is 2^15 rounds, about two seconds: three steps above common defaults.
const maxBcryptCost = 15

// bcryptForm is bcrypt with the prefixes that current implementations treat as
// equivalent. Like them, it reads at most 72 bytes.
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

// checkBcrypt checks what the library does not: the length, the separator after the
// cost, the maximum cost, and that the four unused bits of the last salt character are
// zero, so that each hash has one encoding.
func checkBcrypt(hash string) error {
	const length, afterCost, lastOfSalt = 60, 6, 28
	if len(hash) != length || hash[afterCost] != '$' {
		return fmt.Errorf("it is not $2y$<cost>$ and %d characters, %d in all", length-afterCost-1, length)
	}
	cost, err := bcrypt.Cost([]byte(hash))
	if err != nil {
		return errors.New("the cost is not valid for bcrypt")
	}
	if cost > maxBcryptCost {
		return fmt.Errorf("cost %d is above %d: let the user set the password again", cost, maxBcryptCost)
	}
	if !strings.ContainsRune(".Oeu", rune(hash[lastOfSalt])) {
		return errors.New("the salt has bits beyond its end")
	}
	return nil
}

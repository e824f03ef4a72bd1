package session

import (
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
	"math/big"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// The form of a refresh token is cdr_<family>_<secret>_<checksum>, in base62 with fixed
// lengths. It can be searched for, selected by a double click, and rejected after a typing
// error without a lookup.
const (
	RefreshPrefix = "cdr_"

	familyLen = 22 // encodes 16 bytes
	secretLen = 43 // encodes 32 bytes
	sumLen    = 6  // encodes a CRC-32

	familyEnd  = len(RefreshPrefix) + familyLen
	secretEnd  = familyEnd + 1 + secretLen
	refreshLen = secretEnd + 1 + sumLen
)

// Refresh is a parsed refresh token. It contains the secret: store Hash, and show Text
// once.
type Refresh struct {
	Session string   // id of the session (sid)
	Hash    [32]byte // SHA-256 of the secret: a secret of 256 bits needs no slower hash
	secret  api.Secret
}

// NewRefresh creates a token of a family with a secret of 32 bytes from rand, which must be
// a source like [crypto/rand.Reader]. An empty family creates a new one. The error is
// rand's.
func NewRefresh(rand io.Reader, family string) (Refresh, error) {
	if family == "" {
		var err error
		if family, err = random(rand, 16, familyLen); err != nil {
			return Refresh{}, err
		}
	}
	secret, err := random(rand, 32, secretLen)
	if err != nil {
		return Refresh{}, err
	}
	return refresh(family, secret), nil
}

func refresh(family, secret string) Refresh {
	return Refresh{Session: family, Hash: sha256.Sum256([]byte(secret)), secret: api.Secret(secret)}
}

// ParseRefresh parses a token. ok is false unless its form and checksum are right; it does
// not verify the secret.
func ParseRefresh(text string) (r Refresh, ok bool) {
	if !HasRefreshForm(text) || checksum(text[:secretEnd]) != text[secretEnd+1:] {
		return Refresh{}, false
	}
	return refresh(text[len(RefreshPrefix):familyEnd], text[familyEnd+1:secretEnd]), true
}

// HasRefreshForm reports whether text has the form of one of Cardea's refresh tokens,
// whether or not its checksum is right.
func HasRefreshForm(text string) bool {
	return len(text) == refreshLen && strings.HasPrefix(text, RefreshPrefix) &&
		text[familyEnd] == '_' && text[secretEnd] == '_' &&
		allBase62(text[len(RefreshPrefix):familyEnd]) && allBase62(text[familyEnd+1:secretEnd]) && allBase62(text[secretEnd+1:])
}

// HoldsRefresh reports whether text contains a refresh token.
func HoldsRefresh(text string) bool {
	for i := strings.Index(text, RefreshPrefix); i >= 0 && len(text)-i >= refreshLen; {
		if HasRefreshForm(text[i : i+refreshLen]) {
			return true
		}
		next := strings.Index(text[i+1:], RefreshPrefix)
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}

// Text returns the token for its holder.
func (r Refresh) Text() api.Secret {
	body := RefreshPrefix + r.Session + "_" + r.secret.Reveal()
	return api.Secret(body + "_" + checksum(body))
}

// String returns the family, never the secret.
func (r Refresh) String() string { return "refresh token of session " + r.Session }

// GoString returns String, so that %#v does not print the secret either.
func (r Refresh) GoString() string { return r.String() }

func allBase62(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	})
}

func random(rand io.Reader, bytes, digits int) (string, error) {
	b := make([]byte, bytes)
	if _, err := io.ReadFull(rand, b); err != nil {
		return "", fmt.Errorf("read randomness for a refresh token: %w", err)
	}
	return base62(new(big.Int).SetBytes(b), digits), nil
}

func checksum(body string) string {
	sum := crc32.ChecksumIEEE([]byte(body))
	return base62(new(big.Int).SetUint64(uint64(sum)), sumLen)
}

func base62(n *big.Int, digits int) string {
	text := n.Text(62)
	return strings.Repeat("0", digits-len(text)) + text
}

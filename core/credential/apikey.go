package credential

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/big"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// The form of an API key is cdk_<id>_<secret>_<checksum>, in base62 with fixed lengths. It
// can be searched for, selected by a double click, and rejected after a typing error
// without a lookup.
const (
	KeyPrefix = "cdk_"

	idLen     = 10
	secretLen = 43 // encodes 32 bytes
	sumLen    = 6  // encodes a CRC-32

	idEnd     = len(KeyPrefix) + idLen
	secretEnd = idEnd + 1 + secretLen
	keyLen    = secretEnd + 1 + sumLen
)

// NewAPIKey creates a key with a secret of 32 bytes from rand, which must be a source like
// [crypto/rand.Reader]. Show text once and store id and digest, the SHA-256 of the secret
// part; a random secret of that size needs no slower hash. The error is rand's.
func NewAPIKey(rand io.Reader) (text api.Secret, id string, digest [32]byte, err error) {
	var random [32 + 8]byte
	if _, err := io.ReadFull(rand, random[:]); err != nil {
		return "", "", digest, fmt.Errorf("read randomness for an API key: %w", err)
	}
	id = base62(binary.BigEndian.Uint64(random[32:]), idLen)
	text, digest = assemble(id, random[:32])
	return text, id, digest, nil
}

// RenewAPIKey creates another secret for the key with this id, for a rotation. The error is
// rand's.
func RenewAPIKey(rand io.Reader, id string) (text api.Secret, digest [32]byte, err error) {
	var random [32]byte
	if _, err := io.ReadFull(rand, random[:]); err != nil {
		return "", digest, fmt.Errorf("read randomness for an API key: %w", err)
	}
	text, digest = assemble(id, random[:])
	return text, digest, nil
}

func assemble(id string, random []byte) (text api.Secret, digest [32]byte) {
	secret := new(big.Int).SetBytes(random).Text(62)
	secret = strings.Repeat("0", secretLen-len(secret)) + secret
	body := KeyPrefix + id + "_" + secret
	return api.Secret(body + "_" + checksum(body)), sha256.Sum256([]byte(secret))
}

// ParseAPIKey parses a key. ok is false unless its form and checksum are right. The caller
// must compare digest with the one stored under id, in constant time.
func ParseAPIKey(text string) (id string, digest [32]byte, ok bool) {
	if !HasAPIKeyForm(text) || checksum(text[:secretEnd]) != text[secretEnd+1:] {
		return "", digest, false
	}
	var secret [secretLen]byte
	copy(secret[:], text[idEnd+1:secretEnd])
	return text[len(KeyPrefix):idEnd], sha256.Sum256(secret[:]), true
}

// HasAPIKeyForm reports whether text has the form of one of Cardea's API keys, whether or
// not its checksum is right.
func HasAPIKeyForm(text string) bool {
	return len(text) == keyLen && strings.HasPrefix(text, KeyPrefix) &&
		text[idEnd] == '_' && text[secretEnd] == '_' &&
		allBase62(text[len(KeyPrefix):idEnd]) && allBase62(text[idEnd+1:secretEnd]) && allBase62(text[secretEnd+1:])
}

func allBase62(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isBase62(s[i]) {
			return false
		}
	}
	return true
}

func checksum(body string) string {
	return base62(uint64(crc32.ChecksumIEEE([]byte(body))), sumLen)
}

// base62 returns the lowest width base62 digits of n.
func base62(n uint64, width int) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	out := make([]byte, width)
	for i := range out {
		out[width-1-i] = digits[n%uint64(len(digits))]
		n /= uint64(len(digits))
	}
	return string(out)
}

package login

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// maxLoginText is longer than any valid login name or e-mail address, in bytes.
const maxLoginText = 2 << 10

// boundLogin replaces a login that is too long by a short one that does not exist.
// Normalizing and looking up a very long one would cost as much as a password check, before
// any throttling.
func boundLogin(login string) string {
	if len(login) <= maxLoginText {
		return login
	}
	sum := sha256.Sum256([]byte(login))
	short := "too long " + hex.EncodeToString(sum[:])
	if strings.Contains(login, "@") {
		short += "@" // keep the form of an e-mail address
	}
	return short
}

package login

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// maxLoginText is more than any login name or e-mail address has, in bytes.
const maxLoginText = 2 << 10

// boundLogin returns a short name, which nobody has, for one that is longer than
// anybody's: folding and looking up a quarter of a megabyte costs as much as a
// password, and before anything has slowed the client down.
func boundLogin(login string) string {
	if len(login) <= maxLoginText {
		return login
	}
	sum := sha256.Sum256([]byte(login))
	short := "too long " + hex.EncodeToString(sum[:])
	if strings.Contains(login, "@") {
		short += "@" // it is refused as an address
	}
	return short
}

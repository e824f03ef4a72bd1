package session

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// maxText is how many bytes of a text that clients choose are kept with a session. It
// is as much as people want to read.
const maxText = 128

// DeviceName is what is kept of a device's name: valid UTF-8 of at most 128 bytes.
func DeviceName(name string) string {
	return strings.ToValidUTF8(name[:min(len(name), maxText)], "")
}

// clientName is what is kept of a client's name. Two long ones that begin alike stay
// two.
func clientName(name string) string {
	if len(name) <= maxText {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return DeviceName(name[:maxText-2*len(sum)]) + hex.EncodeToString(sum[:])
}

func sameClient(r *api.Rotation, o RotateOptions) bool {
	return clientName(r.Session.Client) == clientName(o.Client)
}

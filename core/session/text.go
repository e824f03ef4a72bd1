package session

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// maxText is the maximum length in bytes of client-chosen texts stored with a session.
const maxText = 128

// DeviceName returns the stored form of a device name: valid UTF-8 of at most 128 bytes.
func DeviceName(name string) string {
	return strings.ToValidUTF8(name[:min(len(name), maxText)], "")
}

// clientName returns the stored form of a client name. Long names are shortened with a
// hash, so that different ones stay different.
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

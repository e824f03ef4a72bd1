package manifest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/ijson"
	"github.com/cardea-auth/cardea/core/keys"
)

// signatureType is the typ header of a plugin's JWS, so that another signature by the
// same key is not accepted as one.
const signatureType = "cardea-plugin"

// signed is the payload of a plugin's JWS.
type signed struct {
	SHA256   string          `json:"sha256"`             // of the module, hexadecimal
	Manifest json.RawMessage `json:"manifest,omitempty"` // from beside the module or inside it
}

// Sign returns a signature over a module and its manifest, as a compact JWS for a file
// beside the module with the extension ".jws". manifest is nil if it is inside the module
// or there is none. key is a private key.
func Sign(module, manifest []byte, key api.Key) ([]byte, error) {
	manifest, err := Find(module, manifest)
	if err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	if manifest != nil {
		if err := json.Compact(&compact, manifest); err != nil {
			return nil, fmt.Errorf("manifest: %w", err)
		}
	}
	payload, err := json.Marshal(signed{SHA256: Digest(module), Manifest: compact.Bytes()})
	if err != nil {
		return nil, err
	}
	return keys.SignJWS(payload, signatureType, key)
}

// Verify verifies a signature by one of the trusted keys over module and manifest (as in
// [Sign]) and returns the key ID.
func Verify(module, manifest, signature []byte, trusted []api.Key) (kid string, err error) {
	payload, kid, err := keys.VerifyJWS(signature, signatureType, trusted)
	if err != nil {
		return "", err
	}
	if manifest, err = Find(module, manifest); err != nil {
		return "", err
	}
	var s signed
	if err := ijson.Decode(payload, &s); err != nil {
		return "", fmt.Errorf("signature: the payload is not a plugin's: %w", err)
	}
	if s.SHA256 != Digest(module) {
		return "", fmt.Errorf("signature: it is for module %.12s, must be for %.12s: sign this module", s.SHA256, Digest(module))
	}
	if (s.Manifest == nil) != (manifest == nil) || manifest != nil && !sameJSON(s.Manifest, manifest) {
		return "", errors.New("signature: it is for another manifest: sign again")
	}
	return kid, nil
}

// Digest returns the SHA-256 of a module or of vectors, in hexadecimal.
func Digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

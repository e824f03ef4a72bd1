package plugins

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/ijson"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// signatureType is the typ of a plugin's JWS, so that no other signature of the
// same key is taken for one.
const signatureType = "cardea-plugin"

// signed is the payload of a plugin's JWS.
type signed struct {
	SHA256   string          `json:"sha256"`             // of the module, hexadecimal
	Manifest json.RawMessage `json:"manifest,omitempty"` // as it is beside the module or inside it
}

// InnerManifest returns the manifest that a module brings along in its custom
// section "hook.manifest", nil without one. It is not checked: see [ParseManifest].
func InnerManifest(module []byte) []byte {
	inside, _ := wasm.Section(module, abi.ManifestSection)
	return inside
}

// theManifest is the one inside the module or the one beside it; of two that
// differ neither counts.
func theManifest(module, beside []byte) ([]byte, error) {
	inside := InnerManifest(module)
	switch {
	case wasm.CountSections(module, abi.ManifestSection) > 1:
		return nil, errManySections
	case inside == nil:
		return beside, nil
	case beside != nil && !sameJSON(beside, inside):
		return nil, errTwoManifests
	}
	return inside, nil
}

// Sign returns a signature over a module and its manifest (nil if it is inside the
// module, or there is none): a compact JWS, for a file beside the module with ".jws" in place of ".wasm". key
// is the private key of a pair.
func Sign(module, manifest []byte, key api.Key) ([]byte, error) {
	manifest, err := theManifest(module, manifest)
	if err != nil {
		return nil, err
	}
	var compact bytes.Buffer
	if manifest != nil {
		if err := json.Compact(&compact, manifest); err != nil {
			return nil, fmt.Errorf("manifest: %w", err)
		}
	}
	payload, err := json.Marshal(signed{SHA256: digest(module), Manifest: compact.Bytes()})
	if err != nil {
		return nil, err
	}
	return keys.SignJWS(payload, signatureType, key)
}

// VerifySignature checks a signature by one of the trusted keys over exactly this
// module and manifest (as [Sign] takes it), and returns the key's id.
func VerifySignature(module, manifest, signature []byte, trusted []api.Key) (kid string, err error) {
	payload, kid, err := keys.VerifyJWS(signature, signatureType, trusted)
	if err != nil {
		return "", err
	}
	if manifest, err = theManifest(module, manifest); err != nil {
		return "", err
	}
	var s signed
	if err := ijson.Decode(payload, &s); err != nil {
		return "", fmt.Errorf("signature: what is signed is no plugin: %w", err)
	}
	if s.SHA256 != digest(module) {
		return "", fmt.Errorf("signature: it is for the module %.12s, this one is %.12s: sign this one", s.SHA256, digest(module))
	}
	if (s.Manifest == nil) != (manifest == nil) || manifest != nil && !sameJSON(s.Manifest, manifest) {
		return "", errors.New("signature: it is for another manifest: sign again")
	}
	return kid, nil
}

var errUnsigned = errors.New("it is not signed: put the signature beside it (.jws), or take signed: true away")

// verify checks the signature, if there is one or has to be one.
func (s *source) verify(trusted []api.Key) (err error) {
	signature := s.spec.Signature
	switch {
	case signature == nil && s.spec.Signed:
		return errUnsigned
	case signature == nil || len(trusted) == 0 && !s.spec.Signed:
		return nil
	}
	s.signer, err = VerifySignature(s.module, s.manifest, signature, trusted)
	s.trusted = s.trusted || err == nil
	return err
}

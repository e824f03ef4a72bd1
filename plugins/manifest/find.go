package manifest

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/meter"
)

var (
	errTwoManifests = errors.New("the manifest beside the module differs from the one inside it: remove one of them")
	errManySections = errors.New("the module has more than one section " + abi.ManifestSection + ": keep one manifest")
)

// Inner returns the manifest in the module's custom section "hook.manifest", nil if there
// is none. It is not validated: see [Parse].
func Inner(module []byte) []byte {
	inside, _ := meter.CustomSection(module, abi.ManifestSection)
	return inside
}

// Find returns the manifest inside the module or the one beside it, nil if there is none.
// It is an error if there are two that differ. The result is not validated: see [Parse].
func Find(module, beside []byte) ([]byte, error) {
	inside := Inner(module)
	switch {
	case meter.CountSections(module, abi.ManifestSection) > 1:
		return nil, errManySections
	case inside == nil:
		return beside, nil
	case beside != nil && !sameJSON(beside, inside):
		return nil, errTwoManifests
	}
	return inside, nil
}

func sameJSON(a, b []byte) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}

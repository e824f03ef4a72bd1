package compiled

import (
	"crypto"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
)

// needDigest notes that a method needs a digest of the body. Without a scheme of its own in
// Kinds, the body of every request would have to be read.
func (m *Method) needDigest(h crypto.Hash) error {
	switch {
	case h != crypto.SHA256:
		return fmt.Errorf("method BodyDigest returned %v, must be SHA-256", h)
	case !slices.ContainsFunc(m.kinds, api.Kind.IsScheme):
		return errors.New("method has BodyDigest and names no Authorization scheme of its own in Kinds")
	}
	m.digested = true
	return nil
}

// needsDigest reports whether the method needs a digest of the body for this kind.
func (m *Method) needsDigest(kind api.Kind) bool { return m.digested && kind.IsScheme() }

// digestBody sets the digest of the body. Its errors refuse the request even where a bad
// credential is ignored: the body may be half read, and another method must not be asked.
func digestBody(a *api.Attempt) error {
	if a.BodyDigest != nil { // of this decision
		return nil
	}
	if a.Body == nil {
		return api.E(api.Denied, api.ReasonBodyNotSeen, "the signature covers the body of the request, which cannot be read here")
	}
	sum, err := a.Body.SHA256()
	if err != nil {
		if e, ok := errors.AsType[*api.Error](err); ok && e.Code != api.Unauthenticated {
			return e
		}
		return api.Fault("body of the request: %v", err) // not wrapped: it must not count as ErrNotMine
	}
	if len(sum) != sha256.Size {
		return api.Fault("body of the request: its digest has %d bytes", len(sum))
	}
	a.BodyDigest = sum
	return nil
}

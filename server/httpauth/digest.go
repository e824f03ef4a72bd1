package httpauth

import (
	"crypto/sha256"
	"errors"
	"net/http"

	"github.com/cardea-auth/cardea/core/api"
)

// MaxDigested is the size in bytes of the largest body that is read for its digest.
const MaxDigested = 1 << 20

// Digest reads a body before the decision and returns its SHA-256, for [api.Body]. The error
// is an [*api.Error]: 413 if the body is larger than [MaxDigested], 503 if there is no memory
// for it now, 400 if the client broke off.
func Digest(b Body) ([]byte, error) {
	text, err := b.ReadAll(MaxDigested)
	if err != nil {
		return nil, undigested(err)
	}
	sum := sha256.Sum256(text)
	return sum[:], nil
}

func undigested(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return api.E(api.Invalid, api.ReasonTooLarge, "the request body is too large")
	}
	if busy, ok := errors.AsType[*api.Error](err); ok {
		return busy
	}
	return api.E(api.Invalid, api.ReasonBadBody, "the request body cannot be read")
}

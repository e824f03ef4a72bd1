package api

import "time"

// Key is a key bound to one algorithm. It signs or verifies only with that algorithm,
// whatever a token's header says (RFC 8725 section 3.1). Printing it does not reveal the
// key material.
type Key struct {
	ID        string // kid; "" for a key without one, such as a site secret
	Algorithm string // JWA name: HS256, RS256, PS256, ES256, EdDSA, ...
	Private   any    // []byte for HMAC, else a crypto.Signer; nil if the key only verifies
	Public    any    // []byte for HMAC, else a crypto.PublicKey
	Weak      bool   // HMAC secret that is too short or well known; verifies old tokens only

	// Chain are X.509 certificates in DER, that of Public first, each signed by the next one;
	// nil if there are none. They are published, and not checked when a token is verified.
	Chain [][]byte

	// Until is when a key of a token format stops to verify, such as a replaced secret; zero
	// is never.
	Until time.Time
}

// CanSign reports whether the key can sign.
func (k Key) CanSign() bool { return k.Private != nil }

// String returns id and algorithm, never the key material.
func (k Key) String() string { return k.Algorithm + " key " + k.ID }

// GoString returns String, so that %#v does not print the key material either.
func (k Key) GoString() string { return k.String() }

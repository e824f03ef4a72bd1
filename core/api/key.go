package api

// Key is key material bound to one algorithm: it signs or verifies with that
// and with nothing else, whatever a token's header says (RFC 8725 section 3.1).
// It prints without its material.
type Key struct {
	ID        string // kid; "" for a key that is known by its place, such as a site secret
	Algorithm string // JWA name: HS256, RS256, PS256, ES256, EdDSA, ...
	Private   any    // []byte for HMAC, else a crypto.Signer; nil if the key only verifies
	Public    any    // []byte for HMAC, else a crypto.PublicKey
	Weak      bool   // HMAC secret too short or well known, let in to verify old tokens only
}

// CanSign reports whether the key holds what signing needs.
func (k Key) CanSign() bool { return k.Private != nil }

// String returns id and algorithm, never material.
func (k Key) String() string { return k.Algorithm + " key " + k.ID }

// GoString is String: %#v must not print material either.
func (k Key) GoString() string { return k.String() }

package api

import (
	"crypto/subtle"
	"slices"
	"time"
)

// APIKey is one key as it is kept: the digests of its secrets, never a secret.
type APIKey struct {
	ID        string   // public part, ten base62 characters
	Digest    [32]byte // SHA-256 of the secret part
	Subject   string   // user the key acts for
	Name      string   // what the owner calls it
	Roles     []string // nil: the owner's roles; else only those of them that are listed
	Scopes    []string
	RateLimit int // calls a minute; 0: no limit of its own
	Created   time.Time
	Expires   time.Time // zero: never
	Revoked   time.Time // zero: live
	LastUsed  time.Time // zero: never, as far as is known; written in batches

	// After a rotation the secret before it works for a while.
	OldDigest [32]byte
	OldUntil  time.Time // zero: there is no older secret

	// When each secret was made. "All that was issued until then" goes by this, so
	// that a key lives on with a secret that it was given afterwards.
	Made, OldMade time.Time // zero: when the key was created
}

// SecretMade returns when the secret with this digest was made.
func (k APIKey) SecretMade(digest [32]byte) time.Time {
	made := k.Made
	if subtle.ConstantTimeCompare(k.Digest[:], digest[:]) != 1 {
		made = k.OldMade
	}
	if made.IsZero() {
		return k.Created
	}
	return made
}

// ActFor returns the key's owner as seen through the key with the secret of this
// digest, which [APIKey.Accepts] took until then: with the key's scopes, and with
// those of the owner's roles that the key lists, if it lists any.
func (k APIKey) ActFor(owner Identity, digest [32]byte, until time.Time) Identity {
	if k.Roles != nil {
		owner.Roles = slices.DeleteFunc(slices.Clone(owner.Roles), func(role string) bool {
			return !slices.Contains(k.Roles, role)
		})
	}
	owner.Scopes = k.Scopes
	owner.Client = "apikey:" + k.ID
	owner.Proof = Proof{APIKey: k.ID, IssuedAt: k.SecretMade(digest), ExpiresAt: until, RateLimit: k.RateLimit}
	if k.Roles != nil || k.Scopes != nil {
		owner.Proof.Restriction = &Restriction{Roles: k.Roles, Scopes: k.Scopes}
	}
	return owner
}

// Accepts reports whether the digest is that of a secret with which the key
// works now, and when that ends; zero means never. It compares in constant time.
func (k APIKey) Accepts(digest [32]byte, now time.Time) (until time.Time, ok bool) {
	current := subtle.ConstantTimeCompare(k.Digest[:], digest[:]) == 1
	old := subtle.ConstantTimeCompare(k.OldDigest[:], digest[:]) == 1 && now.Before(k.OldUntil)
	if !current && !old || !k.Revoked.IsZero() || !k.Expires.IsZero() && !now.Before(k.Expires) {
		return time.Time{}, false
	}
	if !current && (k.Expires.IsZero() || k.OldUntil.Before(k.Expires)) {
		return k.OldUntil, true
	}
	return k.Expires, true
}

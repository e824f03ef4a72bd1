package api

import (
	"crypto/subtle"
	"slices"
	"time"
)

// APIKey is an API key as it is stored: with digests of its secrets, never a secret.
type APIKey struct {
	ID        string   // public part, ten base62 characters
	Digest    [32]byte // SHA-256 of the secret part
	Subject   string   // user the key acts for
	Name      string   // what the owner calls it
	Roles     []string // a subset of the owner's roles; nil: all of them
	Scopes    []string
	RateLimit int // calls per minute; 0: no limit
	Created   time.Time
	Expires   time.Time // zero: never
	Revoked   time.Time // zero: not revoked
	LastUsed  time.Time // zero: never, or not yet written; written in batches

	// The previous secret, which stays valid for a while after a rotation.
	OldDigest [32]byte
	OldUntil  time.Time // zero: there is no previous secret

	// When each secret was made. A revocation of everything issued until some time compares
	// with this, so a key stays valid with a secret that it got afterwards.
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

// ActFor returns the identity of the key's owner as limited by the key: with the key's
// scopes and, if the key lists roles, only those of the owner's roles. digest is that of
// the secret in use, and until the end that [APIKey.Accepts] returned for it.
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

// Accepts reports whether the digest belongs to a secret of the key that is valid now, and
// until when; zero means no end. It compares in constant time.
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

package session

import (
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Revoked reports whether the identity's credential is revoked, and by what kind of row.
//
// Revocations of everything issued until some time compare with Proof.IssuedAt, which has
// whole seconds in tokens: a token issued in the same second after the revocation is
// revoked as well. A credential of unknown age counts as older. A password that was just
// presented was not issued and is not affected.
func (x *Index) Revoked(id *api.Identity) (api.RevocationKind, bool) {
	p := &id.Proof
	switch {
	case x.tokens.has(p.TokenID):
		return api.RevokeToken, true
	case x.sessions.has(p.Session):
		return api.RevokeSession, true
	case x.subjectRevoked(id):
		return api.RevokeSubject, true
	case x.clientRevoked(id):
		return api.RevokeClient, true
	case x.apiKeys.has(p.APIKey):
		return api.RevokeAPIKey, true
	case x.keys.has(p.KeyID):
		return api.RevokeKey, true
	case x.allRevoked(p):
		return api.RevokeAll, true
	}
	return "", false
}

// IsKeyRevoked reports whether the signing key with an id is revoked.
func (x *Index) IsKeyRevoked(id string) bool { return x.keys.has(id) }

func (x *Index) subjectRevoked(id *api.Identity) bool {
	slot := x.subjects.find(id.Subject)
	if slot == nil {
		return false
	}
	v := slot[2:]
	if !id.Proof.NoGen && id.Gen < int64(atomic.LoadUint64(&v[minGen])) {
		return true
	}
	if id.Proof.NoGen {
		return issuedUntil(&id.Proof, int64(atomic.LoadUint64(&v[until])))
	}
	return issuedUntil(&id.Proof, int64(atomic.LoadUint64(&v[untilEach])))
}

// clientRevoked compares by time only: a credential has the generation of its subject, not
// of its client.
func (x *Index) clientRevoked(id *api.Identity) bool {
	if id.Client == "" {
		return false
	}
	slot := x.clients.find(id.Client)
	return slot != nil && issuedUntil(&id.Proof, int64(atomic.LoadUint64(&slot[2+until])))
}

// IsOutdated reports whether the identity has a generation that was revoked, whether or not
// its credential shows the generation.
func (x *Index) IsOutdated(id *api.Identity) bool {
	slot := x.subjects.find(id.Subject)
	return slot != nil && id.Gen < int64(atomic.LoadUint64(&slot[2+minGen]))
}

// MinGen returns the lowest generation of a subject that is not revoked; 0 if none is.
func (x *Index) MinGen(subject string) int64 {
	slot := x.subjects.find(subject)
	if slot == nil {
		return 0
	}
	return int64(atomic.LoadUint64(&slot[2+minGen]))
}

// RevokedSince reports whether a revocation by time affects what is issued to the identity
// because of a login that began at start: it was applied since, and covers that time. One
// that was known before the login does not affect it.
func (x *Index) RevokedSince(id *api.Identity, start *api.Start) bool {
	return x.Generation() != start.Revocations && (x.HitsIssued(id, start.At, false) || x.loginsEnded(id.Subject, start.At))
}

func (x *Index) loginsEnded(subject string, began time.Time) bool {
	slot := x.subjects.find(subject)
	return slot != nil && began.UnixMicro() <= int64(atomic.LoadUint64(&slot[2+logins]))
}

// IsSessionRevoked reports whether the session with an id is revoked.
func (x *Index) IsSessionRevoked(id string) bool { return x.sessions.has(id) }

// HitsIssued reports whether a revocation by time would affect a token issued to the
// identity at the given time. noGen says that the token has no generation,
// as in many plugin formats.
func (x *Index) HitsIssued(id *api.Identity, at time.Time, noGen bool) bool {
	given := *id
	given.Proof = api.Proof{IssuedAt: at, NoGen: noGen}
	return x.subjectRevoked(&given) || x.clientRevoked(&given) || x.allRevoked(&given.Proof)
}

func (x *Index) allRevoked(p *api.Proof) bool {
	return issuedUntil(p, x.all.Load()) || p.APIKey == "" && issuedUntil(p, x.allTokens.Load())
}

// Latest returns the latest time of all revocations by time, or zero if there is none.
func (x *Index) Latest() time.Time {
	if at := x.latest.Load(); at > 0 {
		return time.UnixMicro(at)
	}
	return time.Time{}
}

// issuedUntil reports whether the credential was issued no later than moment, in Unix
// microseconds; 0 means never.
func issuedUntil(p *api.Proof, moment int64) bool {
	if moment == 0 {
		return false
	}
	if p.IssuedAt.IsZero() {
		return p.TokenID != "" || p.Session != "" || p.APIKey != "" || p.KeyID != ""
	}
	return !p.IssuedAt.After(time.UnixMicro(moment))
}

package point

import (
	"slices"
)

// What Go functions are given: copies that they may change in place, since identities are
// shared between requests, and what a hook has changed is told by what was before.

func (v LoginResult) copied() LoginResult       { v.Identity = v.Identity.Clone(); return v }
func (v Lifetime) copied() Lifetime             { v.Identity = v.Identity.Clone(); return v }
func (v NotBefore) copied() NotBefore           { v.Identity = v.Identity.Clone(); return v }
func (v Issuer) copied() Issuer                 { v.Identity = v.Identity.Clone(); return v }
func (v Algorithm) copied() Algorithm           { v.Identity = v.Identity.Clone(); return v }
func (v Resolved) copied() Resolved             { v.Identity = v.Identity.Clone(); return v }
func (v Access) copied() Access                 { v.Identity = v.Identity.Clone(); return v }
func (v RefreshAttempt) copied() RefreshAttempt { v.Identity = v.Identity.Clone(); return v }

func (v TokenClaims) copied() TokenClaims {
	v.Claims, v.Identity = v.Claims.Clone(), v.Identity.Clone()
	return v
}

func (v TokenCheck) copied() TokenCheck {
	v.Claims, v.Identity = v.Claims.Clone(), v.Identity.Clone()
	return v
}

func (v TokenResponse) copied() TokenResponse {
	v.Fields, v.Identity = v.Fields.Clone(), v.Identity.Clone()
	return v
}

func (v UpstreamHeaders) copied() UpstreamHeaders {
	v.Headers, v.Identity = v.Headers.Clone(), v.Identity.Clone()
	return v
}

func (v ErrorResponse) copied() ErrorResponse {
	v.Headers, v.Fields = v.Headers.Clone(), v.Fields.Clone()
	return v
}

func (v SessionLimit) copied() SessionLimit {
	v.Live, v.End, v.Identity = slices.Clone(v.Live), slices.Clone(v.End), v.Identity.Clone()
	return v
}

package core

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/point"
)

// Error is a refusal or failure. The text that a client may see is kept apart from the
// cause; see [api.Error].
type Error = api.Error

// The sentinel errors of package api, for callers that import only core.
var (
	ErrNotMine  = api.ErrNotMine
	ErrNotFound = api.ErrNotFound
	ErrConflict = api.ErrConflict
)

// Deny returns the error with which a hook refuses on purpose: reason goes to the log and
// to programs, public to the client. Any other error of a hook refuses as well, but counts
// as a fault of the hook.
func Deny(reason, public string) error {
	if reason == "" {
		reason = api.ReasonHook
	}
	return api.E(api.Denied, reason, public)
}

// ChallengeError is wrapped in the error of a login that needs another factor; find it with
// errors.As.
type ChallengeError = point.ChallengeError

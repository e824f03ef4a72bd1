package core

import (
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/point"
)

// Error is a refusal or failure with the part that a client may see kept apart
// from the cause; see [api.Error].
type Error = api.Error

// The sentinels of package api, for users who import only core.
var (
	ErrNotMine  = api.ErrNotMine
	ErrNotFound = api.ErrNotFound
	ErrConflict = api.ErrConflict
)

// Deny is what a hook returns to refuse on purpose: reason goes to the log and
// to machines, public to the client. Any other error of a hook means that the
// hook broke, which refuses as well but counts as a fault.
func Deny(reason, public string) error {
	if reason == "" {
		reason = api.ReasonHook
	}
	return api.E(api.Denied, reason, public)
}

// ChallengeError is the cause inside the error of a login that needs one more thing;
// find it with errors.As.
type ChallengeError = point.ChallengeError

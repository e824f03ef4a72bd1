package policy

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// errNotLent is the cause when a method calls a function that is not set.
var errNotLent = errors.New("the method was opened without an engine")

// WithDefaults returns deps with defaults for nil fields: functions that return
// Unavailable, time.Now, and a logger that discards. The engine sets every field; a method
// opened without an engine then fails instead of panicking.
func (d Deps) WithDefaults() Deps {
	missing := func() (api.Identity, error) {
		return api.Identity{}, api.Wrap(api.Unavailable, "", "users cannot be checked at the moment", errNotLent)
	}
	check := func(context.Context, string, api.Secret, api.Peer) (api.Identity, error) { return missing() }
	find := func(context.Context, string) (api.Identity, error) { return missing() }
	if d.CheckPassword == nil {
		d.CheckPassword = check
	}
	if d.CheckApplication == nil {
		d.CheckApplication = check
	}
	if d.VerifyToken == nil {
		d.VerifyToken = find
	}
	if d.User == nil {
		d.User = find
	}
	if d.APIKey == nil {
		d.APIKey = func(context.Context, string) (api.APIKey, error) {
			return api.APIKey{}, api.Wrap(api.Unavailable, "", "API keys cannot be checked at the moment", errNotLent)
		}
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Logger == nil {
		d.Logger = slog.New(slog.DiscardHandler)
	}
	return d
}

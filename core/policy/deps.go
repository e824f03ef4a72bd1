package policy

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// errNotLent is the cause where a method calls what nobody lends.
var errNotLent = errors.New("the method was opened without an engine")

// WithDefaults returns the deps with something in the place of what is nil: lookups that
// answer unavailable, the clock of the machine, and a logger that discards. The engine
// lends everything; a method that is opened without one then fails and does not panic.
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

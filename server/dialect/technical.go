package dialect

import (
	"cmp"
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Codes are a plugin's codes for technical errors, see [Site.Technical]. An empty one
// is the default of the JWT plugins.
type Codes struct {
	TooMany     string // default jwt_auth_rate_limited
	Unavailable string // default jwt_auth_unavailable
}

// Technical returns the answer to a technical error, and whether err is one: the store
// is unavailable, the client is throttled, or an internal error, which is logged. The
// answer has the site's codes.
func (s *Site) Technical(ctx context.Context, err error) (wordpress.Refusal, bool) {
	e := api.AsError(err)
	f := wordpress.Refusal{Message: e.Public, Reason: e.Reason, RetryAfter: e.RetryAfter}
	s.Engine.Fault(ctx, "request failed", err)
	switch e.Code {
	case api.Unavailable:
		f.Status, f.Code = http.StatusServiceUnavailable, cmp.Or(s.Codes.Unavailable, "jwt_auth_unavailable")
	case api.Throttled:
		f.Status, f.Code = http.StatusTooManyRequests, cmp.Or(s.Codes.TooMany, "jwt_auth_rate_limited")
	case api.Internal:
		f.Status, f.Code = http.StatusInternalServerError, wordpress.CodeBroken
		f.Message = "Something went wrong here; the log says what."
	default:
		return wordpress.Refusal{}, false
	}
	return f, true
}

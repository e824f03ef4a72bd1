package dialect

import (
	"cmp"
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Codes are a plugin's codes for what no plugin has words for; see
// [Site.Technical]. An empty one is the usual one of the JWT plugins.
type Codes struct {
	TooMany     string // "": jwt_auth_rate_limited
	Unavailable string // "": jwt_auth_unavailable
}

// Technical returns the answer to an error that is no verdict, and whether err
// is one: the store is away, too much is asked, or something broke, which is
// logged. The codes are the site's.
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

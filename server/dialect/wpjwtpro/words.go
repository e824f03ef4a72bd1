package wpjwtpro

import (
	"context"
	"errors"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

func refusal(code, message string) wordpress.Refusal {
	return wordpress.Refusal{Status: http.StatusForbidden, Code: code, Message: message}
}

func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error, words func(error) wordpress.Refusal) {
	h.site.SendRefusal(w, r, h.refusal(r.Context(), h.site.Attempt(r), err, words))
}

// refusal returns the response to an error, using words unless it is technical.
func (h *handler) refusal(ctx context.Context, a *api.Attempt, err error, words func(error) wordpress.Refusal) core.ErrorResponse {
	f, technical := h.site.Technical(ctx, err)
	switch {
	case !technical:
		f = words(err)
		f.Reason = api.ReasonOf(err)
	case f.Status == http.StatusTooManyRequests:
		f.Message = "Rate limit exceeded"
		f.Data = api.NewClaims(api.Claim{Name: "retry_after", Value: wordpress.Seconds(f.RetryAfter)})
	}
	return h.site.Refusal(ctx, a, f)
}

// config returns the plugin's refusal if the mount has no usable key, else nil.
func (h *handler) config() *wordpress.Refusal {
	f := refusal("jwt_auth_unsupported_algorithm", "Algorithm not supported, see https://www.rfc-editor.org/rfc/rfc7518#section-3")
	if _, weak := errors.AsType[*keys.WeakSecretError](h.fault); weak {
		f = refusal("jwt_auth_bad_config", "JWT is not configured properly, please contact the admin")
	}
	if h.fault == nil {
		return nil
	}
	return &f
}

// loginWords returns one code with WordPress's messages; a hook's refusal and a
// challenge keep their codes.
func (h *handler) loginWords(login string) func(error) wordpress.Refusal {
	return func(err error) wordpress.Refusal {
		f := h.site.LoginError(login, err)
		if e := api.AsError(err); e.Code == api.Unauthenticated && e.Reason != api.ReasonChallenge {
			f.Code = "jwt_auth_failed"
		}
		return f
	}
}

func (h *handler) refreshWords(err error) wordpress.Refusal {
	switch reason := api.ReasonOf(err); {
	case reason == api.ReasonUnknownUser, reason == api.ReasonDisabled:
		return refusal("jwt_auth_user_not_found", "The user of this refresh token does not exist")
	case reason == api.ReasonRefreshExpired && h.cfg.ErrorCodes == dialect.Documented:
		return refusal("jwt_auth_expired_refresh_token", "Refresh token has expired")
	}
	return refusal("jwt_auth_invalid_refresh_token", "Invalid refresh token")
}

func (h *handler) tokenWords(text string) func(error) wordpress.Refusal {
	return func(err error) wordpress.Refusal {
		switch api.ReasonOf(err) {
		case api.ReasonTokenIssuer:
			return refusal("jwt_auth_bad_iss", "The iss do not match with this server")
		case api.ReasonTokenSubject:
			return refusal("jwt_auth_bad_request", "User ID not found in the token")
		case api.ReasonTokenRevoked, api.ReasonUnknownUser, api.ReasonDisabled:
			return refusal("jwt_auth_revoked_token", "This token has been revoked")
		}
		f := refusal("jwt_auth_invalid_token", dialect.JWTMessage(text, err))
		if api.ReasonOf(err) == api.ReasonTokenExpired {
			f.Data = api.NewClaims(api.Claim{Name: "reason", Value: expired})
			if h.cfg.ErrorCodes == dialect.Documented {
				f.Code = expired
			}
		}
		return f
	}
}

const expired = "jwt_auth_expired_token"

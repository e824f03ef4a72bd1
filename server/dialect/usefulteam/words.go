package usefulteam

import (
	"context"
	"errors"
	"net/http"
	"regexp"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// envelope is the format of the plugin's refusals. Those about refresh tokens have no
// data; in others it is empty unless Data is set.
func envelope(f wordpress.Refusal) api.Claims {
	c := api.NewClaims(
		api.Claim{Name: "success", Value: false},
		api.Claim{Name: "statusCode", Value: f.Status},
		api.Claim{Name: "code", Value: f.Code},
		api.Claim{Name: "message", Value: f.Message},
	)
	if refreshCodes[f.Code] {
		return c
	}
	if f.Data.Len() > 0 {
		return c.With("data", f.Data)
	}
	return c.With("data", []any{})
}

// Codes of refused refresh tokens.
const (
	noCookie = "jwt_auth_no_auth_cookie"
	invalid  = "jwt_auth_invalid_refresh_token"
	obsolete = "jwt_auth_obsolete_refresh_token"
	expired  = "jwt_auth_expired_refresh_token"
)

var refreshCodes = map[string]bool{noCookie: true, invalid: true, obsolete: true, expired: true}

func refusal(code, message string) wordpress.Refusal {
	return wordpress.Refusal{Status: http.StatusUnauthorized, Code: code, Message: message}
}

// refuse answers an error.
func (h *handler) refuse(w http.ResponseWriter, r *http.Request, err error, words func(error) wordpress.Refusal) {
	h.site.SendRefusal(w, r, h.refusal(r.Context(), h.site.Attempt(r), err, words))
}

// refusal returns the response to an error, using words unless it is technical. An
// internal error looks like one of WordPress.
func (h *handler) refusal(ctx context.Context, a *api.Attempt, err error, words func(error) wordpress.Refusal) core.ErrorResponse {
	f, technical := h.site.Technical(ctx, err)
	switch {
	case technical && f.Status == http.StatusInternalServerError:
		return h.rest.Refusal(ctx, a, f)
	case !technical:
		f = words(err)
		f.Reason = api.ReasonOf(err)
	}
	return h.site.Refusal(ctx, a, f)
}

var tags = regexp.MustCompile(`<[^>]*>`)

// loginWords returns WordPress's messages without HTML.
func (h *handler) loginWords(login string) func(error) wordpress.Refusal {
	return func(err error) wordpress.Refusal {
		f := h.site.LoginError(login, err)
		f.Status, f.Message = http.StatusUnauthorized, tags.ReplaceAllString(f.Message, "")
		return f
	}
}

func refreshWords(err error) wordpress.Refusal {
	switch api.ReasonOf(err) {
	case api.ReasonRefreshExpired:
		return refusal(expired, "Refresh token has expired")
	case reasonInvalid, api.ReasonUnknownUser, api.ReasonDisabled:
		return refusal(invalid, "Invalid refresh token")
	}
	return refusal(obsolete, "Refresh token is obsolete")
}

func (h *handler) tokenWords(text string) func(error) wordpress.Refusal {
	return func(err error) wordpress.Refusal {
		switch api.ReasonOf(err) {
		case api.ReasonTokenIssuer:
			return refusal("jwt_auth_bad_iss", "The iss do not match with this server.")
		case api.ReasonTokenSubject:
			return refusal("jwt_auth_bad_request", "User ID not found in the token.")
		case api.ReasonUnknownUser, api.ReasonDisabled:
			return refusal("jwt_auth_invalid_token", "Invalid token")
		case api.ReasonTokenExpired:
			if h.cfg.ErrorCodes == dialect.Documented {
				return refusal("jwt_auth_expired_token", "Expired token")
			}
		}
		return refusal("jwt_auth_invalid_token", dialect.JWTMessage(text, err))
	}
}

// config returns the plugin's refusal if the mount's secret is too weak, else nil. A
// mount with an algorithm that uses no secret gets none; it signs nothing.
func (h *handler) config(status int) *wordpress.Refusal {
	if _, weak := errors.AsType[*keys.WeakSecretError](h.fault); !weak {
		return nil
	}
	return &wordpress.Refusal{Status: status, Code: "jwt_auth_bad_config", Message: "JWT is not configured properly."}
}

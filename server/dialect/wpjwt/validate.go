package wpjwt

import (
	"context"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// validate handles POST /token/validate: it verifies the Bearer token.
func (h *handler) validate(w http.ResponseWriter, r *http.Request, _ wordpress.Params) {
	value := r.Header.Get("Authorization")
	if value == "" {
		h.site.Refuse(w, r, *refusal("jwt_auth_no_auth_header", "Authorization header not found."))
		return
	}
	if _, f := h.check(r.Context(), h.site.Attempt(r), value); f != nil {
		h.site.Refuse(w, r, *f)
		return
	}
	h.site.Answer(w, r, http.StatusOK, api.NewClaims(
		api.Claim{Name: "code", Value: "jwt_auth_valid_token"},
		api.Claim{Name: "data", Value: api.NewClaims(api.Claim{Name: "status", Value: http.StatusOK})},
	))
}

// isBearer reports whether the plugin checks the header on every route.
func isBearer(value string) bool { return strings.HasPrefix(value, "Bearer") }

// check verifies the token in an Authorization value, and returns the plugin's refusal
// if it is not valid.
func (h *handler) check(ctx context.Context, a *api.Attempt, value string) (api.Identity, *wordpress.Refusal) {
	text, ok := dialect.SplitBearer(value)
	if !ok {
		return api.Identity{}, refusal("jwt_auth_bad_auth_header", "Authorization header malformed.")
	}
	if f := h.config(); f != nil {
		return api.Identity{}, f
	}
	id, err := h.site.VerifyIn(ctx, a, text)
	if err != nil {
		return api.Identity{}, h.refuseToken(ctx, text, err)
	}
	return id, nil
}

func (h *handler) refuseToken(ctx context.Context, text string, err error) *wordpress.Refusal {
	if f, technical := h.site.Technical(ctx, err); technical {
		return &f
	}
	f := h.tokenWords(text, err)
	f.Reason = api.ReasonOf(err)
	return f
}

func (h *handler) tokenWords(text string, err error) *wordpress.Refusal {
	switch api.ReasonOf(err) {
	case api.ReasonTokenIssuer:
		return refusal("jwt_auth_bad_iss", "The iss do not match with this server")
	case api.ReasonTokenSubject:
		return refusal("jwt_auth_bad_request", "User ID not found in the token")
	}
	f := refusal("jwt_auth_invalid_token", dialect.JWTMessage(text, err))
	word := finer[api.ReasonOf(err)]
	if word == "" {
		return f
	}
	f.Data = api.NewClaims(api.Claim{Name: "reason", Value: word})
	if word == expired && h.cfg.ErrorCodes == dialect.Documented {
		f.Code = expired
	}
	return f
}

const expired = "jwt_auth_expired_token"

// finer maps refusals that the plugin does not distinguish, or does not know, to the
// code in data.reason.
var finer = map[string]string{
	api.ReasonTokenExpired: expired,
	api.ReasonTokenRevoked: "jwt_auth_revoked_token",
	api.ReasonUnknownUser:  "jwt_auth_user_not_found",
	api.ReasonDisabled:     "jwt_auth_user_not_found",
}

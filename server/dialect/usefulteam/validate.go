package usefulteam

import (
	"net/http"

	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// validate handles POST /token/validate: it verifies the Bearer token.
func (h *handler) validate(w http.ResponseWriter, r *http.Request, _ wordpress.Params) {
	value := r.Header.Get("Authorization")
	if value == "" {
		h.site.Refuse(w, r, refusal("jwt_auth_no_auth_header", "Authorization header not found."))
		return
	}
	text, ok := dialect.SplitBearer(value)
	if !ok {
		h.site.Refuse(w, r, refusal("jwt_auth_bad_auth_header", "Authorization header malformed."))
		return
	}
	if f := h.config(http.StatusUnauthorized); f != nil {
		h.site.Refuse(w, r, *f)
		return
	}
	if _, err := h.site.Verify(r, text); err != nil {
		h.refuse(w, r, err, h.tokenWords(text))
		return
	}
	h.site.Answer(w, r, http.StatusOK, success("jwt_auth_valid_token", "Token is valid").With("data", []any{}))
}

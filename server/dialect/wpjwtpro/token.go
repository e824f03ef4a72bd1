package wpjwtpro

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// token handles POST /token: it exchanges a password for a pair of tokens.
func (h *handler) token(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	if missing := p.Missing("username", "password"); missing != nil {
		h.site.Refuse(w, r, wordpress.MissingParams(missing))
		return
	}
	if f := h.config(); f != nil {
		h.site.Refuse(w, r, *f)
		return
	}
	login := p.Text("username")
	id, err := h.site.Login(r, login, p.Text("password"), p.Answers("username", "password"))
	if err != nil {
		h.refuse(w, r, err, h.loginWords(login))
		return
	}
	g, err := h.site.StartSession(r, id, r.UserAgent(), cmp.Or(h.cfg.RefreshLife, refreshLife))
	if err == nil {
		err = h.site.Grant(w, r, id, welcome(g), "token", "refresh_token")
	}
	if err != nil {
		h.refuse(w, r, err, h.loginWords(login))
	}
}

func welcome(g core.TokenPair) api.Claims {
	return api.NewClaims(
		api.Claim{Name: "token", Value: g.Access.Text.Reveal()},
		api.Claim{Name: "user_id", Value: g.Identity.Number},
		api.Claim{Name: "user_email", Value: g.Identity.Email},
		api.Claim{Name: "user_nicename", Value: g.Identity.Nicename},
		api.Claim{Name: "user_display_name", Value: g.Identity.Display},
		api.Claim{Name: "refresh_token", Value: g.Refresh.Reveal()},
	)
}

// refresh handles POST /token/refresh: it exchanges a refresh token for the next pair
// and revokes the previous one.
func (h *handler) refresh(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	if missing := p.Missing("refresh_token"); missing != nil {
		h.site.Refuse(w, r, wordpress.MissingParams(missing))
		return
	}
	g, err := h.site.Exchange(r, p.Text("refresh_token"))
	if err == nil {
		err = h.site.Grant(w, r, g.Identity, api.NewClaims(
			api.Claim{Name: "access_token", Value: g.Access.Text.Reveal()},
			api.Claim{Name: "expires_in", Value: int64(g.Access.ExpiresAt.Sub(g.Access.IssuedAt) / time.Second)},
			api.Claim{Name: "token_type", Value: "Bearer"},
			api.Claim{Name: "refresh_token", Value: g.Refresh.Reveal()},
		), "access_token", "expires_in", "token_type", "refresh_token")
	}
	if err != nil {
		h.refuse(w, r, err, h.refreshWords)
	}
}

// bearer returns the identity of the token in the Authorization header; without a valid
// token it answers the request. The plugin removes one "Bearer" and decodes the rest.
func (h *handler) bearer(w http.ResponseWriter, r *http.Request) (api.Identity, bool) {
	value := r.Header.Get("Authorization")
	text := strings.TrimSpace(strings.TrimPrefix(value, "Bearer"))
	switch f := h.config(); {
	case value == "":
		h.site.Refuse(w, r, refusal("jwt_auth_no_auth_header", "Authorization header not found."))
	case text == "":
		h.site.Refuse(w, r, refusal("jwt_auth_bad_auth_header", "Authorization header malformed."))
	case f != nil:
		h.site.Refuse(w, r, *f)
	default:
		id, err := h.site.Verify(r, text)
		if err == nil {
			return id, true
		}
		h.refuse(w, r, err, h.tokenWords(text))
	}
	return api.Identity{}, false
}

// validate handles POST /token/validate: it verifies the Bearer token.
func (h *handler) validate(w http.ResponseWriter, r *http.Request, _ wordpress.Params) {
	if _, ok := h.bearer(w, r); ok {
		h.site.Answer(w, r, http.StatusOK, verdict("jwt_auth_valid_token"))
	}
}

// revoke handles POST /token/revoke: it revokes the token of the request and its
// refresh token.
func (h *handler) revoke(w http.ResponseWriter, r *http.Request, _ wordpress.Params) {
	id, ok := h.bearer(w, r)
	if !ok {
		return
	}
	if err := h.end(r, id); err != nil {
		h.refuse(w, r, err, h.tokenWords(""))
		return
	}
	at := h.site.Engine.Now().UTC().Format(time.DateTime)
	h.site.Answer(w, r, http.StatusOK, verdict("jwt_auth_token_revoked", api.Claim{Name: "revoked_at", Value: at}))
}

func (h *handler) end(r *http.Request, id api.Identity) error {
	const reason = "revoked by its holder"
	if id.Proof.Session != "" {
		if err := h.site.Engine.Admin().EndSession(r.Context(), id.Proof.Session, reason, id.Login); !errors.Is(err, core.ErrNotFound) {
			return err
		}
	}
	return h.site.Engine.Tokens().RevokeBearer(r.Context(), id, reason, id.Login)
}

func verdict(code string, more ...api.Claim) api.Claims {
	data := append([]api.Claim{{Name: "status", Value: http.StatusOK}}, more...)
	return api.NewClaims(api.Claim{Name: "code", Value: code}, api.Claim{Name: "data", Value: api.NewClaims(data...)})
}

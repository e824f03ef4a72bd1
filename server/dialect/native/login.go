package native

import (
	"cmp"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

type loginRequest struct {
	Username string            `json:"username"`
	Password api.Secret        `json:"password"`
	Device   string            `json:"device"`
	Answers  map[string]string `json:"answers"` // to a challenge of an earlier attempt
}

func (h *handler) login(w http.ResponseWriter, r *http.Request) {
	var in loginRequest
	if err := read(r, &in); err != nil {
		h.refuse(w, r, err)
		return
	}
	peer := h.site.From(r)
	id, err := h.engine.Tokens().Login(r.Context(), core.LoginRequest{
		Login: in.Username, Password: in.Password, Peer: peer, Host: r.Host, Dialect: h.site.Mount.Name, Answers: in.Answers,
		LoginOnly: h.cfg.LoginNamesOnly,
	})
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	g, err := h.engine.Tokens().StartSession(r.Context(), core.BeginRequest{
		Identity: id, Dialect: h.site.Mount.Name, Device: cmp.Or(in.Device, peer.UserAgent), Host: r.Host, Peer: peer,
		AccessLife: h.cfg.AccessLife, RefreshLife: h.cfg.RefreshLife,
	})
	h.grant(w, r, g, err)
}

type refreshRequest struct {
	RefreshToken api.Secret `json:"refresh_token"`
}

func (h *handler) refresh(w http.ResponseWriter, r *http.Request) {
	var in refreshRequest
	if err := read(r, &in); err != nil {
		h.refuse(w, r, err)
		return
	}
	g, err := h.engine.Tokens().Refresh(r.Context(), core.RefreshRequest{
		Token: in.RefreshToken, Host: r.Host, Peer: h.site.From(r), AccessLife: h.cfg.AccessLife, Dialect: h.site.Mount.Name,
	})
	h.grant(w, r, g, err)
}

// grant answers with a pair of tokens (RFC 6749 section 5.1).
func (h *handler) grant(w http.ResponseWriter, r *http.Request, g core.TokenPair, err error) {
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	body, err := h.site.Shape(r, g.Identity, api.NewClaims(
		api.Claim{Name: "access_token", Value: g.Access.Text.Reveal()},
		api.Claim{Name: "token_type", Value: "Bearer"},
		api.Claim{Name: "expires_in", Value: int64(g.Access.ExpiresAt.Sub(g.Access.IssuedAt).Seconds())},
		api.Claim{Name: "refresh_token", Value: g.Refresh.Reveal()},
	), "access_token", "token_type", "expires_in", "refresh_token")
	if err != nil {
		h.refuse(w, r, err)
		return
	}
	h.answer(w, r, body)
}

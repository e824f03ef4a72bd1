package native

import (
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// logout ends the session of the credential and revokes all its tokens. A credential
// without a session, such as an API key, is not affected.
func (h *handler) logout(w http.ResponseWriter, r *http.Request) {
	d := h.engine.Authenticate(r.Context(), h.site.Attempt(r))
	if d.Outcome != core.Allowed {
		h.refuseDecision(w, r, d)
		return
	}
	if err := h.engine.Tokens().Logout(r.Context(), d.Identity); err != nil {
		h.refuse(w, r, err)
		return
	}
	empty(w)
}

type revokeRequest struct {
	Token api.Secret `json:"token"`
}

// revoke revokes an access or refresh token presented by its holder. An unknown token
// is not an error (RFC 7009 section 2.2).
func (h *handler) revoke(w http.ResponseWriter, r *http.Request) {
	var in revokeRequest
	if err := read(r, &in); err != nil {
		h.refuse(w, r, err)
		return
	}
	if err := h.engine.Tokens().RevokeToken(r.Context(), in.Token); err != nil {
		h.refuse(w, r, err)
		return
	}
	h.answer(w, r, api.Claims{})
}

func (h *handler) me(w http.ResponseWriter, r *http.Request) {
	d := h.engine.Authenticate(r.Context(), h.site.Attempt(r))
	if d.Outcome != core.Allowed {
		h.refuseDecision(w, r, d)
		return
	}
	id := d.Identity
	if full, err := h.engine.Tokens().User(r.Context(), id.Subject); err == nil {
		id.Email, id.Display = full.Email, full.Display // a token need not contain these
	}
	h.answer(w, r, api.NewClaims(
		api.Claim{Name: "sub", Value: id.Subject},
		api.Claim{Name: "id", Value: id.Number},
		api.Claim{Name: "username", Value: id.Login},
		api.Claim{Name: "email", Value: id.Email},
		api.Claim{Name: "name", Value: id.Display},
		api.Claim{Name: "roles", Value: texts(id.Roles)},
		api.Claim{Name: "scopes", Value: texts(id.Scopes)},
		api.Claim{Name: "method", Value: id.Method},
	))
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

type leakedRequest struct {
	Key api.Secret `json:"key"`
}

// leaked revokes an API key for any caller: possession proves that it has leaked. The
// answer does not reveal whether the key existed.
func (h *handler) leaked(w http.ResponseWriter, r *http.Request) {
	var in leakedRequest
	if err := read(r, &in); err != nil {
		h.refuse(w, r, err)
		return
	}
	if err := h.engine.Tokens().ReportLeaked(r.Context(), in.Key, h.site.From(r)); err != nil {
		h.refuse(w, r, err)
		return
	}
	empty(w)
}

package cocart

import (
	"net/http"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// logout handles POST /logout: it ends the user's sessions at this mount. Without
// credentials it does nothing and answers the same.
func (h *handler) logout(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	id, f := h.who(r, p)
	if f != nil {
		h.site.Refuse(w, r, *f)
		return
	}
	if err := h.end(r, id); err != nil {
		h.refuse(w, r, err, h.loginWords)
		return
	}
	h.site.Send(w, r, http.StatusOK, true)
}

// who authenticates the request by token or Basic; without either it returns the zero
// identity.
func (h *handler) who(r *http.Request, p wordpress.Params) (api.Identity, *wordpress.Refusal) {
	if text, ok := h.bearer(r.URL, r.Header.Get("Authorization")); ok {
		return h.check(r.Context(), h.site.Attempt(r), text)
	}
	name, password, ok := basic(r.Header.Get("Authorization"))
	if !ok || !literal(h.site.Mount, r.URL) {
		return api.Identity{}, nil
	}
	id, err := h.site.Login(r, name, password, p.Answers())
	if err == nil {
		return id, nil
	}
	f, technical := h.site.Technical(r.Context(), err)
	if !technical {
		f = h.loginWords(err)
	}
	return api.Identity{}, &f
}

// end revokes the presented token and ends all sessions of its user at this mount.
func (h *handler) end(r *http.Request, id api.Identity) error {
	if id.Subject == "" {
		return nil
	}
	e := h.site.Engine
	if err := e.Tokens().EndSessionsOf(r.Context(), id.Subject, h.site.Mount.Name, "logout", id.Login); err != nil {
		return err
	}
	return e.Tokens().Logout(r.Context(), id)
}

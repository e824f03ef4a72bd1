package wpjwt

import (
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// token handles POST /token: it exchanges a password for a token.
func (h *handler) token(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	if f := h.config(); f != nil {
		h.site.Refuse(w, r, *f)
		return
	}
	login := p.Text("username")
	id, err := h.site.Login(r, login, p.Text("password"), p.Answers("username", "password"))
	if err != nil {
		h.refuseLogin(w, r, login, err)
		return
	}
	issued, err := h.site.Issue(r, id)
	if err == nil {
		err = h.site.Grant(w, r, id, reply(issued, id), "token")
	}
	if err != nil {
		h.refuseLogin(w, r, login, err)
	}
}

func reply(issued core.Issued, id api.Identity) api.Claims {
	return api.NewClaims(
		api.Claim{Name: "token", Value: issued.Text.Reveal()},
		api.Claim{Name: "user_email", Value: id.Email},
		api.Claim{Name: "user_nicename", Value: id.Nicename},
		api.Claim{Name: "user_display_name", Value: id.Display},
	)
}

// refuseLogin puts the plugin's prefix before WordPress's code.
func (h *handler) refuseLogin(w http.ResponseWriter, r *http.Request, login string, err error) {
	f, technical := h.site.Technical(r.Context(), err)
	if !technical {
		f = h.site.LoginError(login, err)
		f.Code = "[jwt_auth] " + f.Code
	}
	h.site.Refuse(w, r, f)
}

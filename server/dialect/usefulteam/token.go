package usefulteam

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// token handles POST /token: it exchanges a password for a token and a refresh cookie,
// or a refresh cookie for a token.
func (h *handler) token(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	if f := h.config(http.StatusInternalServerError); f != nil {
		h.site.Refuse(w, r, *f)
		return
	}
	login, password := p.Text("username"), p.Text("password")
	_, hasLogin := p.Get("username")
	_, hasPassword := p.Get("password")
	if !hasLogin || !hasPassword {
		h.renew(w, r, p)
		return
	}
	g, err := h.login(r, p, login, password)
	if err == nil {
		err = h.grant(w, r, g)
	}
	if err != nil {
		h.refuse(w, r, err, h.loginWords(login))
	}
}

func (h *handler) login(r *http.Request, p wordpress.Params, login, password string) (core.TokenPair, error) {
	id, err := h.site.Login(r, login, password, p.Answers("username", "password", "device", "custom_auth"))
	if err != nil {
		return core.TokenPair{}, err
	}
	g, err := h.site.StartSession(r, id, deviceOf(p), cmp.Or(h.cfg.RefreshLife, refreshLife))
	if err != nil {
		return core.TokenPair{}, err
	}
	return g, h.closeOthers(r, g, deviceOf(p))
}

// closeOthers ends the device's sessions from earlier logins: only the latest login
// counts.
func (h *handler) closeOthers(r *http.Request, g core.TokenPair, device string) error {
	list, err := h.site.Engine.Tokens().LiveSessionsOn(r.Context(), g.Identity.Subject, h.site.Mount.Name, device)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(s api.Session) bool { return s.ID == g.Session })
	if i < 0 {
		return nil // a later login has ended this session and all earlier ones
	}
	for _, s := range list {
		// A session that started later belongs to a concurrent login.
		if s.ID == g.Session || s.Created.After(list[i].Created) {
			continue
		}
		if err := h.site.Engine.Tokens().CloseSession(r.Context(), s.ID, "another login on the device", g.Identity.Login); err != nil {
			return err
		}
	}
	return nil
}

// renew handles a login with the cookie, which remains valid.
func (h *handler) renew(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	if _, err := r.Cookie(cookieName); err != nil {
		h.site.Refuse(w, r, refusal("jwt_auth_missing_credentials", "Username and password are required"))
		return
	}
	text, err := h.presented(r, deviceOf(p))
	if err != nil {
		h.refuse(w, r, err, refreshWords)
		return
	}
	g, err := h.site.ReissueAccess(r, text)
	if err == nil {
		err = h.grant(w, r, g)
	}
	if err != nil {
		h.refuse(w, r, err, refreshWords)
	}
}

// grant answers with a token, and sets the cookie after a login. Hooks receive data.
func (h *handler) grant(w http.ResponseWriter, r *http.Request, g core.TokenPair) error {
	id := g.Identity
	data, err := h.site.Shape(r, id, api.NewClaims(
		api.Claim{Name: "token", Value: g.Access.Text.Reveal()},
		api.Claim{Name: "id", Value: id.Number},
		api.Claim{Name: "email", Value: id.Email},
		api.Claim{Name: "nicename", Value: id.Nicename},
		api.Claim{Name: "firstName", Value: id.FirstName},
		api.Claim{Name: "lastName", Value: id.LastName},
		api.Claim{Name: "displayName", Value: id.Display},
	), "token")
	if err != nil {
		return err
	}
	if g.Refresh != "" {
		h.setCookie(w, r, g)
	}
	h.site.Answer(w, r, http.StatusOK, success("jwt_auth_valid_credential", "Credential is valid").With("data", data))
	return nil
}

func success(code, message string) api.Claims {
	return api.NewClaims(
		api.Claim{Name: "success", Value: true},
		api.Claim{Name: "statusCode", Value: http.StatusOK},
		api.Claim{Name: "code", Value: code},
		api.Claim{Name: "message", Value: message},
	)
}

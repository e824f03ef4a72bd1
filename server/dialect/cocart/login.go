package cocart

import (
	"cmp"
	"encoding/base64"
	"mime"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// login handles POST /login: it accepts credentials or a token, and returns the user's
// profile and a pair of tokens.
func (h *handler) login(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	if text, ok := h.bearer(r.URL, r.Header.Get("Authorization")); ok {
		h.welcomeBack(w, r, text)
		return
	}
	name, password, f := h.credentials(r, p)
	if f != nil {
		h.site.Refuse(w, r, *f)
		return
	}
	id, err := h.site.Login(r, name, password, p.Answers("username", "password"))
	if err != nil {
		h.refuse(w, r, err, h.loginWords)
		return
	}
	extras, err := h.issue(r, id)
	if err == nil {
		err = h.welcome(w, r, id, extras)
	}
	if err != nil {
		h.refuse(w, r, err, h.loginWords)
	}
}

// issue returns the members of extras with the tokens, none if the mount cannot sign.
func (h *handler) issue(r *http.Request, id api.Identity) (api.Claims, error) {
	if h.fault != nil {
		return api.Claims{}, nil
	}
	if h.first {
		issued, err := h.site.Issue(r, id)
		return api.NewClaims(api.Claim{Name: "jwt_token", Value: issued.Text.Reveal()}), err
	}
	g, err := h.site.StartSession(r, id, r.UserAgent(), cmp.Or(h.cfg.RefreshLife, refreshLife))
	return api.NewClaims(
		api.Claim{Name: "jwt_token", Value: g.Access.Text.Reveal()},
		api.Claim{Name: "jwt_refresh", Value: g.Refresh.Reveal()},
	), err
}

// welcomeBack handles a login with a token. The answer contains the same token and no
// refresh token.
func (h *handler) welcomeBack(w http.ResponseWriter, r *http.Request, text string) {
	id, f := h.check(r.Context(), h.site.Attempt(r), text)
	if f != nil {
		h.site.Refuse(w, r, *f)
		return
	}
	if err := h.welcome(w, r, id, api.NewClaims(api.Claim{Name: "jwt_token", Value: text})); err != nil {
		h.refuse(w, r, err, h.loginWords)
	}
}

// welcome answers with the user's profile. Hooks receive extras.
func (h *handler) welcome(w http.ResponseWriter, r *http.Request, id api.Identity, extras api.Claims) error {
	extras, err := h.site.Shape(r, id, extras, "jwt_token", "jwt_refresh")
	if err != nil {
		return err
	}
	h.site.Answer(w, r, http.StatusOK, profile(id).With("extras", object(extras)).With("dev_note", devNote))
	return nil
}

const devNote = "Don't forget to store the users login information in order to authenticate all other routes with CoCart."

// object returns [] if there are no members: PHP cannot tell an empty object from an
// empty list.
func object(c api.Claims) any {
	if c.Len() == 0 {
		return []any{}
	}
	return c
}

// credentials returns name and password from a Basic header, else from the query, else
// from the body.
func (h *handler) credentials(r *http.Request, p wordpress.Params) (name, password string, f *wordpress.Refusal) {
	none := refusal(http.StatusUnauthorized, "cocart_rest_not_authorized", "Sorry, you are not authorized.")
	if !literal(h.site.Mount, r.URL) {
		return "", "", &none
	}
	if name, password, ok := basic(r.Header.Get("Authorization")); ok {
		if name == "" || password == "" {
			none = refusal(http.StatusUnauthorized, authenticationError, "Authentication invalid!")
			return "", "", &none
		}
		return name, password, nil
	}
	if q := p.Query(); q.Text("username") != "" && q.Text("password") != "" {
		return q.Text("username"), q.Text("password"), nil
	}
	if !readable(r.Header.Get("Content-Type")) || !given(p, "username") || !given(p, "password") {
		return "", "", &none
	}
	return p.Text("username"), p.Text("password"), nil
}

// given reports whether the parameter is present and not empty; a list counts, although
// it is not a valid name.
func given(p wordpress.Params, name string) bool {
	v, ok := p.Get(name)
	return ok && v != ""
}

// readable reports whether the plugin reads credentials from a body of this type: it
// ignores types that end in +json.
func readable(contentType string) bool {
	media, _, _ := mime.ParseMediaType(contentType)
	return !strings.HasSuffix(media, "+json")
}

// basic parses an Authorization value; ok is false if it is not valid Basic.
func basic(value string) (name, password string, ok bool) {
	scheme, text, _ := strings.Cut(value, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return "", "", false
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(raw), ":")
}

// refresh handles POST /refresh-token: it exchanges a refresh token for the next pair.
func (h *handler) refresh(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	if f := h.config(); f != nil {
		h.site.Refuse(w, r, *f)
		return
	}
	text := p.Text("refresh_token")
	if text == "" {
		h.site.Refuse(w, r, refusal(http.StatusForbidden, "cocart_jwt_auth_missing_refresh_token", "Refresh token is required."))
		return
	}
	g, err := h.site.Exchange(r, text)
	if err == nil {
		err = h.site.Grant(w, r, g.Identity, pair(g), "token", "refresh_token")
	}
	if err != nil {
		h.refuse(w, r, err, refreshWords)
	}
}

func pair(g core.TokenPair) api.Claims {
	return api.NewClaims(
		api.Claim{Name: "token", Value: g.Access.Text.Reveal()},
		api.Claim{Name: "refresh_token", Value: g.Refresh.Reveal()},
	)
}

package cocart

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

var bearerForm = regexp.MustCompile(`(?i)^Bearer\s+([\w=-]+\.[\w=-]+\.[\w=-]+)$`)

// bearer returns the token in the Authorization header. Other values are ignored, and
// so is the header on paths that the plugin does not authenticate: it searches the path
// for its name in this spelling.
func (h *handler) bearer(target *url.URL, authorization string) (string, bool) {
	if !literal(h.site.Mount, target) {
		return "", false
	}
	match := bearerForm.FindStringSubmatch(strings.TrimSpace(authorization))
	if match == nil {
		return "", false
	}
	return match[1], true
}

// literal reports whether the path has the name of CoCart's routes in this spelling.
func literal(m dialect.Mount, target *url.URL) bool {
	return strings.Contains(target.EscapedPath(), m.Base()+"/cocart/")
}

// before rejects every request with a bad token, as the plugin does. HEAD requires a
// login.
func (h *handler) before(w http.ResponseWriter, r *http.Request, _ string, _ *wordpress.Route) bool {
	value := r.Header.Get("Authorization")
	if h.malformed(r.URL, value) {
		h.site.Refuse(w, r, malformed())
		return true
	}
	text, ok := h.bearer(r.URL, value)
	if !ok {
		return h.guest(w, r)
	}
	if _, f := h.check(r.Context(), h.site.Attempt(r), text); f != nil {
		h.site.Refuse(w, r, *f)
		return true
	}
	return false
}

// malformed reports whether 1.0 rejects the header: it begins with "bearer" but has no
// well-formed token.
func (h *handler) malformed(target *url.URL, authorization string) bool {
	_, ok := h.bearer(target, authorization)
	return h.first && !ok && strings.HasPrefix(strings.ToLower(authorization), "bearer")
}

func malformed() wordpress.Refusal {
	return refusal(http.StatusUnauthorized, "cocart_jwt_auth_bad_auth_header", "Authorization header malformed.")
}

func (h *handler) guest(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodHead {
		h.site.Refuse(w, r, forbidden())
		return true
	}
	return false
}

// check verifies a token, and returns the plugin's refusal if it is not valid.
func (h *handler) check(ctx context.Context, a *api.Attempt, text string) (api.Identity, *wordpress.Refusal) {
	if f := h.config(); f != nil {
		return api.Identity{}, f
	}
	id, err := h.site.VerifyIn(ctx, a, text)
	if err == nil {
		return id, nil
	}
	f, technical := h.site.Technical(ctx, err)
	if !technical {
		f = h.tokenWords(err)
		f.Reason = api.ReasonOf(err)
	}
	return api.Identity{}, &f
}

// validate handles POST /validate-token; before has already rejected bad tokens.
func (h *handler) validate(w http.ResponseWriter, r *http.Request, _ wordpress.Params) {
	if _, ok := h.bearer(r.URL, r.Header.Get("Authorization")); !ok {
		h.site.Refuse(w, r, forbidden())
		return
	}
	h.site.Answer(w, r, http.StatusOK, api.NewClaims(api.Claim{Name: "message", Value: "Token is valid."}))
}

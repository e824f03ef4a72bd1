package miniorange

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// token handles POST /token: it exchanges a password for a token.
func (h *handler) token(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	if h.fault != nil {
		h.site.Refuse(w, r, unauthorized("BAD_REQUEST", "Sorry, client secret is required to make a request. Contact to your administrator."))
		return
	}
	if h.barred(w, r) {
		return
	}
	id, err := h.login(r, p)
	if err != nil {
		h.refuse(w, r, err, loginWords)
		return
	}
	if err := h.grant(w, r, id); err != nil {
		h.refuse(w, r, err, loginWords)
	}
}

// login does not trim the password, like this plugin. The free edition accepts only
// login names; refresh tokens and login by e-mail address come together.
func (h *handler) login(r *http.Request, p wordpress.Params) (api.Identity, error) {
	return h.site.Engine.Tokens().Login(r.Context(), core.LoginRequest{
		Login: strings.TrimSpace(p.Text("username")), Password: api.Secret(p.Text("password")), Peer: h.site.From(r), Host: r.Host,
		Dialect: h.site.Mount.Name, Answers: p.Answers("username", "password"), LoginOnly: h.cfg.LoginNamesOnly || h.cfg.RefreshLife == 0,
	})
}

func (h *handler) grant(w http.ResponseWriter, r *http.Request, id api.Identity) error {
	if h.cfg.RefreshLife == 0 {
		issued, err := h.site.Issue(r, id)
		if err != nil {
			return err
		}
		return h.site.Grant(w, r, id, reply(issued), "jwt_token", "token_type", "iat", "expires_in")
	}
	g, err := h.site.StartSession(r, id, r.UserAgent(), h.cfg.RefreshLife)
	if err != nil {
		return err
	}
	return h.grantPair(w, r, g)
}

func (h *handler) grantPair(w http.ResponseWriter, r *http.Request, g core.TokenPair) error {
	return h.site.Grant(w, r, g.Identity, reply(g.Access).
		With("refresh_token", g.Refresh.Reveal()).With("refresh_expires_in", g.RefreshExpires.Unix()),
		"jwt_token", "token_type", "iat", "expires_in", "refresh_token", "refresh_expires_in")
}

// reply has the expiry time in expires_in, as in the plugin.
func reply(issued core.Issued) api.Claims {
	return api.NewClaims(
		api.Claim{Name: "token_type", Value: "Bearer"},
		api.Claim{Name: "iat", Value: issued.IssuedAt.Unix()},
		api.Claim{Name: "expires_in", Value: issued.ExpiresAt.Unix()},
		api.Claim{Name: "jwt_token", Value: issued.Text.Reveal()},
	)
}

// refresh handles POST /refresh-token: it exchanges a refresh token for the next pair.
func (h *handler) refresh(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	if h.barred(w, r) {
		return
	}
	g, err := h.site.Exchange(r, p.Text("refresh_token"))
	if err == nil {
		err = h.grantPair(w, r, g)
	}
	if err != nil {
		h.refuse(w, r, err, refreshWords)
	}
}

// revoke handles POST /revoke-token for a token of either kind. An unknown token is not
// an error (RFC 7009 section 2.2).
func (h *handler) revoke(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
	if err := h.site.Engine.Tokens().RevokeToken(r.Context(), api.Secret(p.Text("token"))); err != nil {
		h.refuse(w, r, err, refreshWords)
		return
	}
	h.site.Answer(w, r, http.StatusOK, api.NewClaims(
		api.Claim{Name: "status", Value: "TRUE"},
		api.Claim{Name: "message", Value: "TOKEN_REVOKED"},
		api.Claim{Name: "code", Value: "200"},
	))
}

// validate handles GET /token-validate: it verifies the Bearer token.
func (h *handler) validate(w http.ResponseWriter, r *http.Request, _ wordpress.Params) {
	if h.barred(w, r) {
		return
	}
	value := r.Header.Get("Authorization")
	scheme, text := splitScheme(value)
	switch {
	case value == "":
		h.fail(r)
		h.site.Refuse(w, r, missing())
	case !strings.EqualFold(scheme, "Bearer") || text == "":
		h.fail(r)
		h.site.Refuse(w, r, wrongType("Bearer Token"))
	default:
		h.validateToken(w, r, text)
	}
}

func (h *handler) validateToken(w http.ResponseWriter, r *http.Request, text string) {
	if _, err := h.site.Verify(r, text); err != nil {
		h.refuse(w, r, err, h.validateWords(text))
		return
	}
	h.site.Answer(w, r, http.StatusOK, api.NewClaims(
		api.Claim{Name: "status", Value: "TRUE"},
		api.Claim{Name: "message", Value: "VALID_TOKEN"},
		api.Claim{Name: "code", Value: "200"},
	))
}

func (h *handler) validateWords(text string) func(error) wordpress.Refusal {
	words := tokenWords(text)
	return func(err error) wordpress.Refusal {
		switch {
		case h.fault != nil && readable(text): // no token is signed with an unusable secret
			return invalidSignature()
		case api.ReasonOf(err) != api.ReasonBadCredential:
			return words(err)
		case h.cfg.Mode == dialect.Basic:
			return wrongType("Basic Token")
		case h.cfg.Mode == dialect.APIKey:
			return invalidKey()
		}
		return words(err)
	}
}

func missing() wordpress.Refusal {
	return unauthorized("MISSING_AUTHORIZATION_HEADER",
		"Authorization header not received. Either authorization header was not sent or it was removed by your server due to security reasons.")
}

// wrongKind is the plugin's code for a credential of another kind than expected.
const wrongKind = "INVALID_AUTHORIZATION_HEADER_TOKEN_TYPE"

func wrongType(want string) wordpress.Refusal {
	return unauthorized(wrongKind, "Authorization header must be type of "+want+".")
}

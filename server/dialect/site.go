package dialect

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Site is a mount that an engine serves: handlers use it to call the engine and to
// write answers. Create one per mount; safe for concurrent use.
type Site struct {
	wordpress.Site
	Mount  Mount
	Common Common // zero for a dialect that replaces no plugin
	// Codes are the codes of technical refusals.
	Codes Codes
	// RefreshGrace is how long a used refresh token returns its successor again; 0 means
	// that it works once.
	RefreshGrace time.Duration
	// Phone accepts phone numbers at logins, unless the plugin accepts only login names.
	Phone bool
}

// NewSite returns the site of a mount, with the common settings of its dialect.
func NewSite(e *core.Engine, m Mount, c Common) *Site {
	return &Site{
		Site: wordpress.Site{
			Engine: e, API: m.API(), Name: m.Name, Issuer: m.Issuer, Peer: m.Peer,
			CrossOrigin: func(*url.URL) CrossOrigin { return m.CrossOrigin() },
		},
		Mount: m, Common: c,
	}
}

// blanks are the characters that PHP's trim removes.
const blanks = " \t\n\r\x00\v"

// Login checks a name and password with the engine. Both are trimmed, as in WordPress,
// and "0" counts as empty, as in PHP. answers are the client's other parameters, for
// hooks that require a second factor; see [wordpress.Params.Answers].
func (s *Site) Login(r *http.Request, login, password string, answers map[string]string) (api.Identity, error) {
	return s.Engine.Tokens().Login(r.Context(), core.LoginRequest{
		Login: given(login), Password: api.Secret(given(password)),
		Peer:    s.From(r),
		Host:    r.Host,
		Dialect: s.Mount.Name,
		Answers: answers, LoginOnly: s.Common.LoginNamesOnly, Phone: s.Phone && !s.Common.LoginNamesOnly,
	})
}

func given(text string) string {
	text = strings.Trim(text, blanks)
	if text == "0" {
		return ""
	}
	return text
}

// Issue issues a token in the mount's token format.
func (s *Site) Issue(r *http.Request, id api.Identity) (core.Issued, error) {
	return s.Engine.Tokens().Issue(r.Context(), core.IssueRequest{Identity: id, TokenFormat: s.Mount.Name, Dialect: s.Mount.Name, Host: r.Host, Peer: s.From(r)})
}

// Verify verifies a token in the mount's token format.
func (s *Site) Verify(r *http.Request, text string) (api.Identity, error) {
	return s.VerifyIn(r.Context(), s.Attempt(r), text)
}

// VerifyIn is Verify for the token of an attempt.
func (s *Site) VerifyIn(ctx context.Context, a *api.Attempt, text string) (api.Identity, error) {
	return s.Engine.Verify(ctx, core.VerifyRequest{Token: text, TokenFormat: s.Mount.Name, Attempt: a})
}

// Grant answers a login with 200 and the reply, after running the token-response hooks.
// Hooks cannot change the protected members, which hold tokens.
func (s *Site) Grant(w http.ResponseWriter, r *http.Request, id api.Identity, reply api.Claims, protected ...string) error {
	reply, err := s.Shape(r, id, reply, protected...)
	if err == nil {
		s.Answer(w, r, http.StatusOK, reply)
	}
	return err
}

// Shape runs the token-response hooks on the reply to a login, for plugins that wrap
// it.
func (s *Site) Shape(r *http.Request, id api.Identity, reply api.Claims, protected ...string) (api.Claims, error) {
	t, err := s.Engine.Tokens().TokenResponse(r.Context(), core.TokenResponse{Fields: reply, Identity: id, Dialect: s.Mount.Name}, protected...)
	return t.Fields, err
}

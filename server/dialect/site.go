package dialect

import (
	"context"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Site is a mount that an engine serves: how its handlers ask the engine, and
// how they answer. Make one a mount; safe for concurrent use.
type Site struct {
	wordpress.Site
	Mount  Mount
	Common Common // the zero value: of a dialect that stands in for no plugin
	// Codes are those of refusals that are no verdict.
	Codes Codes
}

// NewSite returns the site of a mount, with the common settings of its dialect.
func NewSite(e *core.Engine, m Mount, c Common) *Site {
	return &Site{
		Site:  wordpress.Site{Engine: e, API: m.API(), Name: m.Name, Issuer: m.Issuer, Peer: m.Peer},
		Mount: m, Common: c,
	}
}

// blanks are what PHP's trim takes away.
const blanks = " \t\n\r\x00\v"

// Login asks the engine whose name and password these are. Both lose the
// blanks around them, as in WordPress, which hashes passwords without them; and
// "0" is empty, as in PHP. Answers are what the client sent besides, for hooks
// that ask for a second factor; see [wordpress.Params.Answers].
func (s *Site) Login(r *http.Request, login, password string, answers map[string]string) (api.Identity, error) {
	return s.Engine.Tokens().Login(r.Context(), core.LoginRequest{
		Login: given(login), Password: api.Secret(given(password)),
		Peer:    s.From(r),
		Host:    r.Host,
		Dialect: s.Mount.Name,
		Answers: answers, LoginOnly: s.Common.LoginNamesOnly,
	})
}

func given(text string) string {
	text = strings.Trim(text, blanks)
	if text == "0" {
		return ""
	}
	return text
}

// Issue asks the engine for a token in the mount's token format.
func (s *Site) Issue(r *http.Request, id api.Identity) (core.Issued, error) {
	return s.Engine.Tokens().Issue(r.Context(), core.IssueRequest{Identity: id, TokenFormat: s.Mount.Name, Dialect: s.Mount.Name, Host: r.Host, Peer: s.From(r)})
}

// Verify asks the engine about a token of the mount's token format.
func (s *Site) Verify(r *http.Request, text string) (api.Identity, error) {
	return s.VerifyIn(r.Context(), s.Attempt(r), text)
}

// VerifyIn is Verify for a token that an attempt brings.
func (s *Site) VerifyIn(ctx context.Context, a *api.Attempt, text string) (api.Identity, error) {
	return s.Engine.Verify(ctx, core.VerifyRequest{Token: text, TokenFormat: s.Mount.Name, Attempt: a})
}

// Grant answers 200 with the reply to a login, after token-response. The
// protected members are those that hold tokens.
func (s *Site) Grant(w http.ResponseWriter, r *http.Request, id api.Identity, reply api.Claims, protected ...string) error {
	reply, err := s.Shape(r, id, reply, protected...)
	if err == nil {
		s.Answer(w, r, http.StatusOK, reply)
	}
	return err
}

// Shape passes what a reply to a login tells through token-response, for plugins
// that wrap it.
func (s *Site) Shape(r *http.Request, id api.Identity, reply api.Claims, protected ...string) (api.Claims, error) {
	t, err := s.Engine.Tokens().TokenResponse(r.Context(), core.TokenResponse{Fields: reply, Identity: id, Dialect: s.Mount.Name}, protected...)
	return t.Fields, err
}

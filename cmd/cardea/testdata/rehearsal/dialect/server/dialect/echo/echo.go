package echo

import (
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Dialect is the contract at one mount.
type Dialect struct{ mount dialect.Mount }

var _ dialect.Dialect = (*Dialect)(nil)

// New returns the dialect for a mount.
func New(m dialect.Mount) (*Dialect, error) { return &Dialect{m}, m.Check() }

// Settings are those of a mount that have an effect in the dialect.
func Settings() []string { return nil }

// Layout implements [dialect.Dialect]: tokens have the engine's own.
func (*Dialect) Layout() core.Layout { return core.Layout{} }

// Endpoints implements [dialect.Dialect].
func (d *Dialect) Endpoints(e *core.Engine) []dialect.Endpoint {
	login := func(w http.ResponseWriter, r *http.Request) {
		name, password, _ := r.BasicAuth()
		id, err := e.Tokens().Login(r.Context(), core.LoginRequest{Login: name, Password: api.Secret(password), Dialect: d.mount.Name, Host: r.Host})
		if err != nil {
			http.Error(w, "wrong", http.StatusForbidden)
			return
		}
		token, err := e.Tokens().Issue(r.Context(), core.IssueRequest{Identity: id, Dialect: d.mount.Name, Host: r.Host})
		if err != nil {
			http.Error(w, "failed", http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, token.Text.Reveal())
	}
	return []dialect.Endpoint{{Host: d.mount.Host, Method: http.MethodPost, Path: d.mount.Prefix + "/echo", Handler: http.HandlerFunc(login)}}
}

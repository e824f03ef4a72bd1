package echo

import (
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Dialect is the contract at one mount.
type Dialect struct {
	mount  dialect.Mount
	config Config
}

// Config holds the settings of the dialect at a mount; the zero value works.
type Config struct {
	Refusal string `yaml:"refusal" default:"wrong" doc:"What a refused login is answered."`
}

// Traits implements [dialect.Opener].
func (Config) Traits() dialect.Traits { return dialect.Traits{Base: "/echo"} }

// Open implements [dialect.Opener].
func (c Config) Open(m dialect.Mount) (dialect.Dialect, error) { return &Dialect{m, c}, m.Check() }

// TokenFormat implements [dialect.Dialect]: tokens have the engine's own.
func (*Dialect) TokenFormat() core.TokenFormat { return core.TokenFormat{} }

// Endpoints implements [dialect.Dialect].
func (d *Dialect) Endpoints(e *core.Engine) []dialect.Endpoint {
	login := func(w http.ResponseWriter, r *http.Request) {
		name, password, _ := r.BasicAuth()
		id, err := e.Tokens().Login(r.Context(), core.LoginRequest{Login: name, Password: api.Secret(password), Dialect: d.mount.Name, Host: r.Host})
		var token core.Issued
		if err == nil {
			token, err = e.Tokens().Issue(r.Context(), core.IssueRequest{Identity: id, Dialect: d.mount.Name, Host: r.Host})
		}
		if err != nil {
			http.Error(w, d.config.Refusal, http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, token.Text.Reveal())
	}
	return []dialect.Endpoint{{Host: d.mount.Host, Method: http.MethodPost, Path: d.mount.Base() + "/login", Handler: http.HandlerFunc(login)}}
}

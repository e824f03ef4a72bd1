package plainlogin

import (
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Config is the settings of a mount with the dialect.
type Config struct {
	Refusal string `yaml:"refusal" default:"wrong user or password" doc:"Body of the answer to a refused login."`
}

var (
	_ dialect.Opener          = Config{}
	_ dialect.ClientDescriber = Config{}
)

// Traits implements [dialect.Opener].
func (Config) Traits() dialect.Traits { return dialect.Traits{Base: "/plain"} }

// Open implements [dialect.Opener].
func (c Config) Open(m dialect.Mount) (dialect.Dialect, error) { return spoken{c, m}, m.Check() }

// usage is the answer to a request other than a login.
const usage = "POST user and password here\n"

// Client implements [dialect.ClientDescriber]: doctor and test-login need it.
func (Config) Client() dialect.Client {
	const login = "/plain/login"
	return dialect.Client{
		Plugin: "the plain login",
		Index:  dialect.Call{Method: http.MethodGet, Path: login},
		MatchesIndex: func(a dialect.Answer) bool {
			return a.Status == http.StatusMethodNotAllowed && a.Text == usage
		},
		Login: dialect.Call{Method: http.MethodPost, Path: login}, Form: true, UserField: "user",
		Try: dialect.Call{Method: http.MethodGet, Path: "/"},
	}
}

type spoken struct {
	Config
	mount dialect.Mount
}

// TokenFormat implements [dialect.Dialect]: the tokens are Cardea's own.
func (spoken) TokenFormat() core.TokenFormat { return core.TokenFormat{} }

// Endpoints implements [dialect.Dialect].
func (s spoken) Endpoints(e *core.Engine) []dialect.Endpoint {
	login := handler{s, e.Tokens(), dialect.NewSite(e, s.mount, dialect.Common{})}
	return []dialect.Endpoint{{Host: s.mount.Host, Path: s.mount.Base() + "/login", Handler: login}}
}

type handler struct {
	spoken
	tokens *core.Tokens
	site   *dialect.Site
}

// ServeHTTP answers a login. Errors other than a refusal, such as a store that does not
// answer, differ only in the status.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		w.WriteHeader(http.StatusMethodNotAllowed)
		_, _ = io.WriteString(w, usage) // the client is gone
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	text, err := h.login(r)
	if err == nil {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, text.Reveal()) // the client is gone
		return
	}
	switch api.CodeOf(err) {
	case api.Unauthenticated, api.Denied:
		http.Error(w, h.Refusal, http.StatusForbidden)
	case api.Throttled:
		http.Error(w, "try again later", http.StatusTooManyRequests)
	default:
		http.Error(w, "not available", http.StatusServiceUnavailable)
	}
}

func (h handler) login(r *http.Request) (api.Secret, error) {
	id, err := h.tokens.Login(r.Context(), core.LoginRequest{
		Login: r.PostFormValue("user"), Password: api.Secret(r.PostFormValue("password")),
		Peer: h.site.From(r), Host: r.Host, Dialect: h.mount.Name,
	})
	if err != nil {
		return "", err
	}
	token, err := h.tokens.Issue(r.Context(), core.IssueRequest{Identity: id, Host: r.Host, Dialect: h.mount.Name})
	return token.Text, err
}

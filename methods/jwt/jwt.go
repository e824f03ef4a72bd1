package jwt

import (
	"context"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Config configures the method; the zero value works.
type Config struct{}

// Open implements [core.Opener].
func (Config) Open(name string, deps core.Deps) (core.Method, error) {
	return &Method{name: name, verify: deps.WithDefaults().VerifyToken}, nil
}

// Method is the Bearer token method. It is safe for concurrent use.
type Method struct {
	name   string
	verify func(context.Context, string) (api.Identity, error)
}

var (
	_ core.Opener     = Config{}
	_ core.Method     = (*Method)(nil)
	_ core.Kinder     = (*Method)(nil)
	_ core.Cacher     = (*Method)(nil)
	_ core.Challenger = (*Method)(nil)
)

// Name implements [core.Method].
func (m *Method) Name() string { return m.name }

// Kinds implements [core.Kinder].
func (m *Method) Kinds() []api.Kind { return []api.Kind{api.Bearer} }

// CacheFor implements [core.Cacher]: a token is cached until it expires, for a day at most.
func (m *Method) CacheFor() time.Duration { return 24 * time.Hour }

// Challenge implements [core.Challenger]: RFC 6750 section 3. Without a token in the
// request it contains no error (section 3.1).
func (m *Method) Challenge(cause *core.Error) string {
	if cause == nil || !strings.HasPrefix(cause.Reason, "token_") {
		return `Bearer realm="cardea"`
	}
	return `Bearer realm="cardea", error="invalid_token", error_description="` + quotable(cause.Public) + `"`
}

// quotable removes characters that error_description may not contain (RFC 6750 section 3).
func quotable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, s)
}

// Authenticate implements [core.Method].
func (m *Method) Authenticate(ctx context.Context, a api.Attempt) (api.Identity, error) {
	if a.Credential.Kind != api.Bearer {
		return api.Identity{}, core.ErrNotMine
	}
	return m.verify(ctx, a.Credential.Text)
}

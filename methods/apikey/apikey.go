package apikey

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
)

// Config configures the method; the zero value works.
type Config struct {
	CacheFor time.Duration `yaml:"cache_for" default:"5m" doc:"How long a verified key is cached: at most 1h. 0: 5m."`
}

const (
	usual   = 5 * time.Minute
	longest = time.Hour // so that a key is looked up again
)

// Validate implements [core.Validator].
func (c Config) Validate(core.Surroundings) error {
	if c.CacheFor < 0 || c.CacheFor > longest {
		return api.BadSetting("cache_for", "is %s, must be at most 1h", c.CacheFor)
	}
	return nil
}

// Open implements [core.Opener].
func (c Config) Open(name string, deps core.Deps) (core.Method, error) {
	if err := c.Validate(core.Surroundings{}); err != nil {
		return nil, err
	}
	c.CacheFor = cmp.Or(c.CacheFor, usual)
	return &Method{name: name, cfg: c, deps: deps.WithDefaults()}, nil
}

// Method is the API key method. It is safe for concurrent use.
type Method struct {
	name string
	cfg  Config
	deps core.Deps
}

var (
	_ core.Opener     = Config{}
	_ core.Validator  = Config{}
	_ core.Method     = (*Method)(nil)
	_ core.Kinder     = (*Method)(nil)
	_ core.Cacher     = (*Method)(nil)
	_ core.Challenger = (*Method)(nil)
)

// Name implements [core.Method].
func (m *Method) Name() string { return m.name }

// Kinds implements [core.Kinder].
func (m *Method) Kinds() []api.Kind { return []api.Kind{api.APIKeyKind} }

// CacheFor implements [core.Cacher].
func (m *Method) CacheFor() time.Duration { return m.cfg.CacheFor }

// Challenge implements [core.Challenger].
func (m *Method) Challenge(*core.Error) string { return `ApiKey realm="cardea"` }

// Authenticate implements [core.Method]. All refusals look the same to the client.
func (m *Method) Authenticate(ctx context.Context, a api.Attempt) (api.Identity, error) {
	if a.Credential.Kind != api.APIKeyKind {
		return api.Identity{}, core.ErrNotMine
	}
	id, digest, ok := credential.ParseAPIKey(a.Credential.Text)
	if !ok {
		return api.Identity{}, refuse(errors.New("wrong form or checksum"))
	}
	key, err := m.deps.APIKey(ctx, id)
	if errors.Is(err, api.ErrNotFound) {
		return api.Identity{}, refuse(err)
	}
	if err != nil {
		return api.Identity{}, api.Wrap(api.Unavailable, "", "API keys cannot be checked at the moment", err)
	}
	until, ok := key.Accepts(digest, m.deps.Now())
	if !ok {
		return api.Identity{}, refuse(errors.New("wrong secret, expired or revoked"))
	}
	owner, err := m.deps.User(ctx, key.Subject)
	if err != nil {
		return api.Identity{}, err
	}
	return key.ActFor(owner, digest, until), nil
}

func refuse(cause error) error {
	return api.Wrap(api.Unauthenticated, api.ReasonAPIKey, "this API key is not valid", cause)
}

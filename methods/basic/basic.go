package basic

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Config configures the method; the zero value works.
type Config struct {
	Realm    string        // shown to people by browsers; "" is "cardea"
	CacheFor time.Duration // how long a success is remembered; 0 is one minute, the longest

	// ApplicationOnly takes only passwords that users of a WordPress made for their
	// programs (core/users.Applications).
	ApplicationOnly bool
}

// Open implements [core.Opener].
func (c Config) Open(name string, deps core.Deps) (core.Method, error) {
	if c.Realm == "" {
		c.Realm = "cardea"
	}
	if strings.ContainsAny(c.Realm, "\"\\\r\n") {
		return nil, fmt.Errorf("realm %q: quotes, backslashes and line ends do not fit into a header", c.Realm)
	}
	if c.CacheFor == 0 {
		c.CacheFor = time.Minute
	}
	if c.CacheFor < 0 || c.CacheFor > time.Minute {
		return nil, errors.New("cache_for: want at most 1m, so that a password is asked for again")
	}
	check := deps.CheckPassword
	if c.ApplicationOnly {
		check = deps.CheckApplication
	}
	return &Method{name: name, cfg: c, check: check}, nil
}

// Method is the Basic method. Safe for concurrent use.
type Method struct {
	name  string
	cfg   Config
	check func(context.Context, string, api.Secret, api.Peer) (api.Identity, error)
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
func (m *Method) Kinds() []api.Kind { return []api.Kind{api.Basic} }

// CacheFor implements [core.Cacher].
func (m *Method) CacheFor() time.Duration { return m.cfg.CacheFor }

// Challenge implements [core.Challenger]: RFC 7617 section 2.
func (m *Method) Challenge(*core.Error) string {
	return `Basic realm="` + m.cfg.Realm + `", charset="UTF-8"`
}

// Authenticate implements [core.Method]. Unknown user, wrong password and
// disabled user look alike to the client; a login that asks for more than a
// password is refused in the words that ask for it.
func (m *Method) Authenticate(ctx context.Context, a api.Attempt) (api.Identity, error) {
	if a.Credential.Kind != api.Basic {
		return api.Identity{}, core.ErrNotMine
	}
	id, err := m.check(ctx, a.Credential.User, a.Credential.Password, api.Peer{Addr: a.Peer})
	if _, challenged := errors.AsType[*core.ChallengeError](err); challenged {
		return api.Identity{}, err
	}
	if api.CodeOf(err) == api.Unauthenticated {
		return api.Identity{}, api.Wrap(api.Unauthenticated, api.ReasonOf(err), "wrong user name or password", err)
	}
	return id, err
}

package basic

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Config configures the method; the zero value works.
type Config struct {
	Realm           string        `yaml:"realm" default:"cardea" doc:"Realm of the challenge, which browsers show when they ask for the password. Empty: cardea."`
	CacheFor        time.Duration `yaml:"cache_for" default:"1m" doc:"How long a successful check is cached, so that not every request costs a password hash: at most 1m. 0: 1m."`
	ApplicationOnly bool          `yaml:"application_only" default:"false" doc:"Accept only WordPress application passwords, as WordPress itself does; account passwords are for logins."`
}

// longest is how long a success may be cached before the password is checked again.
const longest = time.Minute

// Validate implements [core.Validator].
func (c Config) Validate(s core.Surroundings) error {
	err := c.check()
	if c.ApplicationOnly && !slices.Contains(s.Directories, "wordpress") {
		err = errors.Join(err, api.BadSetting("application_only", "refuses every password: only users of a WordPress have application passwords, so add a directory of type wordpress, or remove it"))
	}
	return err
}

func (c Config) check() error {
	var errs []error
	if strings.ContainsAny(c.Realm, "\"\\\r\n") {
		errs = append(errs, api.BadSetting("realm", "%.60q must not hold quotes, backslashes or line ends, which do not fit into a header", c.Realm))
	}
	if c.CacheFor < 0 || c.CacheFor > longest {
		errs = append(errs, api.BadSetting("cache_for", "is %s, must be at most 1m", c.CacheFor))
	}
	return errors.Join(errs...)
}

// Open implements [core.Opener].
func (c Config) Open(name string, deps core.Deps) (core.Method, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	deps = deps.WithDefaults()
	c.Realm, c.CacheFor = cmp.Or(c.Realm, "cardea"), cmp.Or(c.CacheFor, longest)
	check := deps.CheckPassword
	if c.ApplicationOnly {
		check = deps.CheckApplication
	}
	return &Method{name: name, cfg: c, check: check}, nil
}

// Method is the Basic method. It is safe for concurrent use.
type Method struct {
	name  string
	cfg   Config
	check func(context.Context, string, api.Secret, api.Peer) (api.Identity, error)
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
func (m *Method) Kinds() []api.Kind { return []api.Kind{api.Basic} }

// CacheFor implements [core.Cacher].
func (m *Method) CacheFor() time.Duration { return m.cfg.CacheFor }

// Challenge implements [core.Challenger]: RFC 7617 section 2.
func (m *Method) Challenge(*core.Error) string {
	return `Basic realm="` + m.cfg.Realm + `", charset="UTF-8"`
}

// Authenticate implements [core.Method]. Unknown user, wrong password and disabled user
// look the same to the client. A login that requires a second factor is refused with the
// message that asks for it.
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

package authenticate

import (
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/internal/loginafter"
	"github.com/cardea-auth/cardea/core/internal/verify"
	"github.com/cardea-auth/cardea/core/throttle"
)

// Authenticator authenticates requests. It is safe for concurrent use.
type Authenticator struct {
	*env.Env

	after    *loginafter.Asker
	verifier *verify.Verifier
	cache    *cache.Cache
	calls    *throttle.Meter
}

// New returns an Authenticator.
func New(e *env.Env, a *loginafter.Asker, v *verify.Verifier, c *cache.Cache) *Authenticator {
	return &Authenticator{Env: e, after: a, verifier: v, cache: c, calls: throttle.NewMeter(0, e.Now)}
}

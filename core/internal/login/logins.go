package login

import (
	"crypto/sha256"
	"time"

	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/internal/loginafter"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
)

// Config configures [Logins].
type Config struct {
	After     *loginafter.Asker
	Passwords *users.Passwords
	Guessing  throttle.Config   // Now is set by New
	PerMinute int               // successful logins of one user for tokens; 0 is no limit
	Secret    [sha256.Size]byte // keys the digests of passwords
}

// Logins logs users in. It is safe for concurrent use.
type Logins struct {
	*env.Env

	after     *loginafter.Asker
	passwords *users.Passwords
	secret    [sha256.Size]byte
	guesses   *throttle.Limiter
	tries     *tries
	held      held            // throttled logins
	rate      *throttle.Meter // of successful logins for tokens, by account
	perMinute int
	codes     *throttle.Sliding // wrong answers to a challenge, by account
}

// New returns Logins.
func New(e *env.Env, c Config) *Logins {
	c.Guessing.Now = e.Now
	return &Logins{
		Env: e, after: c.After, passwords: c.Passwords, secret: c.Secret, tries: newTries(),
		guesses: throttle.New(c.Guessing), codes: throttle.NewSliding(0, maxCodes, codeSpan, e.Now),
		rate: throttle.NewMeter(0, e.Now), perMinute: c.PerMinute,
	}
}

// Blocked returns how long failed passwords delay logins of an account, as the directories
// name it; see [throttle.Limiter.Blocked].
func (e *Logins) Blocked(account string) time.Duration { return e.guesses.Blocked(account) }

// Wait waits for password checks in flight, which may outlive their requests. No new
// requests may start.
func (e *Logins) Wait() { e.tries.wait() }

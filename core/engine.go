package core

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/authenticate"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/internal/env"
	"github.com/cardea-auth/cardea/core/internal/events"
	"github.com/cardea-auth/cardea/core/internal/issue"
	"github.com/cardea-auth/cardea/core/internal/login"
	"github.com/cardea-auth/cardea/core/internal/loginafter"
	"github.com/cardea-auth/cardea/core/internal/operator"
	"github.com/cardea-auth/cardea/core/internal/revoke"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/internal/verify"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
)

// Config configures an [Engine]. The zero value works: a store in memory, a generated HS256
// key, the system's clock and randomness.
type Config struct {
	Store       store.Store       // nil: in memory. The engine closes only what it opened
	Directories []users.Directory // queried in order; nil: the users of Store
	Passwords   *users.Passwords  // nil: argon2id with default bounds
	Keys        *keys.Ring        // nil: one HS256 key, lost with the process
	Policy      policy.Policy

	// Sessions configures refresh token families. Index, Now and Rand are set by New.
	Sessions session.Config

	// Guessing configures how failed passwords delay further attempts. Now is set by New.
	Guessing throttle.Config
	// LoginsPerMinute is how many logins of one user for tokens succeed in a minute; all
	// of them may come at once. 0 is no limit.
	LoginsPerMinute int
	// RefreshesPerMinute is how many refreshes of one session succeed in a minute; all of
	// them may come at once. 0 is no limit.
	RefreshesPerMinute int
	// Counter returns the counter for a use, such as "failed-guesses" or the calls of a
	// mount, so that several processes can share it. nil: each use has one in memory.
	Counter func(use string) throttle.Counter

	// Events limits the queues of event handlers.
	Events EventConfig

	PollEvery    time.Duration // how often the revocation log is read; 0 is 300 ms
	UpkeepEvery  time.Duration // how often [Admin.Upkeep] runs; 0 is 2 s, negative is never
	PruneEvery   time.Duration // how often [Admin.Prune] runs; 0 is 10 min, negative is never
	CacheEntries int           // maximum number of cached credentials; 0 is 100,000, negative disables the cache

	Now    func() time.Time // nil: time.Now
	Rand   io.Reader        // nil: crypto/rand
	Logger *slog.Logger     // nil: discards
}

// Engine decides which requests are allowed. It is safe for concurrent use. A process may
// have several engines; they share nothing. Close it when done.
type Engine struct {
	env       *env.Env
	after     *loginafter.Asker
	verifier  *verify.Verifier
	revoker   *revoke.Revoker
	standing  *standing.Standing
	operator  *operator.Operator
	issuer    *issue.Issuer
	logins    *login.Logins
	auth      *authenticate.Authenticator
	passwords *users.Passwords
	writes    writeCheck
	cache     *cache.Cache
	watches   *watches
	counter   func(use string) throttle.Counter // nil: in memory
	failed    checkedCounter                    // see FailedGuess
	forged    *route.Names                      // see WithoutForged

	opened []io.Closer // what New opened, closed in reverse
	upkept func()      // stops the upkeep that New started; nil if none runs

	tokens Tokens
	admin  Admin
}

// New builds an engine and loads the revocation log, so that the first decision already
// sees every revocation.
func New(ctx context.Context, c Config) (*Engine, error) {
	e := &Engine{
		env:       &env.Env{Store: c.Store, Keys: c.Keys, Now: c.Now, Rand: c.Rand, Log: printable.Logger(c.Logger)},
		passwords: c.Passwords, forged: route.Client(),
	}
	e.after, e.verifier = &loginafter.Asker{Env: e.env}, &verify.Verifier{Env: e.env}
	e.revoker, e.standing = revoke.New(e.env, e.verifier), &standing.Standing{Env: e.env}
	e.operator = operator.New(e.env, e.verifier, e.revoker, e.standing)
	e.issuer = issue.New(e.env, e.after, e.revoker, e.standing)
	e.tokens, e.admin = Tokens{e}, Admin{e}
	if e.env.Now == nil {
		e.env.Now = time.Now
	}
	e.env.Events = events.New(events.Config{
		Queue: c.Events.Queue, Bytes: c.Events.Bytes, Drain: c.Events.Drain, Now: e.env.Now, Logger: e.env.Log,
	})
	if err := (opening{e}).open(ctx, c); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	opening{e}.startUpkeep(c)
	return e, nil
}

// opening holds the steps of building an engine.
type opening struct{ *Engine }

func (e opening) open(ctx context.Context, c Config) error {
	err := e.checkStore()
	if err != nil {
		return err
	}
	e.setDefaults()
	if e.env.Dirs, err = directory.Open(e.directories(c), e.env.Store); err != nil {
		return err
	}
	if err := e.openKeys(ctx); err != nil {
		return err
	}
	if e.cache, err = cache.New(c.CacheEntries, e.env.Rand); err != nil {
		return err
	}
	p, err := compile(e.Engine, c.Policy)
	if err != nil {
		return fmt.Errorf("build policy: %w", err)
	}
	e.env.Policy.Store(p)
	warnWeak(e.env.Log, p)
	e.env.Index = session.NewIndex()
	e.env.Tail, err = session.Follow(ctx, e.env.Store, e.env.Index, session.TailConfig{Every: c.PollEvery, Now: e.env.Now, Logger: e.env.Log})
	if err != nil {
		return fmt.Errorf("load revocations: %w", err)
	}
	e.opened = append(e.opened, closer(e.env.Tail.Close))
	e.openFamilies(c.Sessions, p.Tokens)
	e.env.HeedLongest(p)
	e.counter = c.Counter
	if e.failed, err = openCounter(e.Engine, "failed-guesses"); err != nil {
		return err
	}
	if c.RefreshesPerMinute > 0 {
		uses, err := openCounter(e.Engine, "refreshes")
		if err != nil {
			return err
		}
		e.issuer.LimitRefreshes(uses, c.RefreshesPerMinute)
	}
	e.watches = openWatches(e.Engine)
	e.opened = append(e.opened, closer(e.watches.close))
	e.openLimits(c)
	return nil
}

func (e opening) openFamilies(c session.Config, t policy.TokenPolicy) {
	c.Index, c.Now, c.Rand, c.AccessLife = e.env.Index, e.env.Now, e.env.Rand, e.env.AccessLife
	if c.MaxTokenLife == 0 {
		c.MaxTokenLife = t.Remember()
	}
	e.env.Families = session.New(e.env.Store, c)
}

func (e opening) setDefaults() {
	if e.env.Rand == nil {
		e.env.Rand = rand.Reader
	}
	if e.env.Store == nil {
		e.env.Store = memory.New() // ours, needs no check
		e.opened = append(e.opened, e.env.Store)
	}
	if e.passwords == nil {
		e.passwords = users.NewPasswords(users.PasswordConfig{Rand: e.env.Rand})
	}
}

// directories returns the configured directories, or the users of the store.
func (e opening) directories(c Config) []users.Directory {
	if c.Directories != nil {
		return c.Directories
	}
	return []users.Directory{users.NewStore(e.env.Store, users.StoreConfig{
		Passwords: e.passwords, MaxTokenLife: c.Policy.Tokens.WithDefaults().Remember(), Now: e.env.Now, Rand: e.env.Rand,
	})}
}

func (e opening) openKeys(ctx context.Context) error {
	if e.env.Keys != nil {
		return nil
	}
	ring, err := keys.Open(ctx, keys.Config{Rand: e.env.Rand, Now: e.env.Now, Logger: e.env.Log})
	if err != nil {
		return fmt.Errorf("generate a key: %w", err)
	}
	e.env.Keys = ring
	e.opened = append(e.opened, ring)
	return nil
}

// closer adapts a function that cannot fail to io.Closer.
type closer func()

func (c closer) Close() error { c(); return nil }

// Close stops what New started. No request may be in flight. It waits up to
// Config.Events.Drain for event handlers; events still queued then are dropped and logged,
// and the handlers' context is cancelled. To wait longer, call [Engine.Drain] before. Close
// also writes the last uses of API keys, so the store must still be open.
func (e *Engine) Close() error {
	if e.upkept != nil {
		e.upkept()
	}
	e.env.Events.Close()
	errs := []error{e.env.WriteLastUses()}
	for i := len(e.opened) - 1; i >= 0; i-- {
		errs = append(errs, e.opened[i].Close())
	}
	e.opened = nil
	return errors.Join(errs...)
}

// Reload compiles p and replaces the policy in force. If p is invalid, nothing changes.
// Requests in flight finish with the policy they started with.
func (e *Engine) Reload(ctx context.Context, p policy.Policy) error {
	next, err := compile(e, p)
	if err != nil {
		return fmt.Errorf("build policy: %w", err)
	}
	e.env.NoteLongest(ctx, e.env.Policy.Load()) // the old policy may have issued tokens that live longer
	e.env.HeedLongest(next)
	e.env.Policy.Store(next)
	warnWeak(e.env.Log, next)
	e.env.Events.Fire(ctx, next.Hooks.ConfigReloaded, Event{})
	return nil
}

// warnWeak warns about token formats whose secret is weak enough to be guessed.
func warnWeak(log *slog.Logger, p *compiled.Policy) {
	for i := range p.TokenFormats {
		for _, key := range p.TokenFormats[i].Keys {
			if key.Weak {
				log.Warn("a weak secret verifies tokens: anyone who guesses it can forge them. Replace it, and remove allow_weak_secret",
					"token_format", p.TokenFormats[i].Name, "algorithm", key.Algorithm)
			}
		}
	}
}

// Keys returns the signing keys.
func (e *Engine) Keys() *keys.Ring { return e.env.Keys }

// Now returns the engine's time, for responses that include it.
func (e *Engine) Now() time.Time { return e.env.Now() }

// Hooks returns the hooks in force, for callers that run hook points of their own.
func (e *Engine) Hooks() *Hooks { return e.env.Hooks() }

// Staleness returns the time since the last successful read of the revocation log.
func (e *Engine) Staleness() time.Duration { return e.env.Tail.Staleness() }

// UnknownRevocations returns how many rows of the revocation log had a kind that this
// version does not know.
func (a *Admin) UnknownRevocations() int64 { return a.e.env.Index.Unknown() }

// Ready returns nil if the engine can decide: the store answers and is writable, and the
// revocation log was read within the policy's MaxStaleness.
func (e *Engine) Ready(ctx context.Context) error {
	if err := e.env.Store.Ping(ctx); err != nil {
		return err
	}
	if err := e.writes.check(ctx, e.env.Store); err != nil {
		return err
	}
	if age, limit := e.Staleness(), e.env.Policy.Load().MaxStaleness; age > limit {
		return fmt.Errorf("the revocation log was last read %s ago, must be at most %s", age.Round(time.Millisecond), limit)
	}
	return nil
}

// lend returns the dependencies of the methods of policy p.
func lend(e *Engine, p *compiled.Policy) policy.Deps {
	return policy.Deps{
		CheckPassword: func(ctx context.Context, name string, password api.Secret, peer api.Peer) (api.Identity, error) {
			return e.logins.MethodLogin(ctx, p, login.Request{LoginRequest: LoginRequest{Login: name, Password: password, Peer: peer}})
		},
		CheckApplication: func(ctx context.Context, name string, password api.Secret, peer api.Peer) (api.Identity, error) {
			return e.logins.MethodLogin(ctx, p, login.Request{LoginRequest: LoginRequest{Login: name, Password: password, Peer: peer}, ApplicationOnly: true})
		},
		VerifyToken: func(ctx context.Context, text string) (api.Identity, error) {
			return e.verifier.Verify(ctx, p, VerifyRequest{Token: text})
		},
		APIKey: e.env.Store.APIKey,
		User:   e.env.Dirs.Holder,
		Now:    e.env.Now,
		Logger: e.env.Log,
	}
}

// compile compiles a policy for an engine.
func compile(e *Engine, p Policy) (*compiled.Policy, error) {
	return compiled.Compile(p, compiled.Surroundings{Directories: e.env.Dirs.All, Networks: e.env.Dirs.Networks(), Networked: e.env.Dirs.Networked(), Lend: func(p *compiled.Policy) policy.Deps { return lend(e, p) }})
}

// writeCheck asks the store at most once a second whether it is writable, so that frequent
// readiness probes cost it little. It is safe for concurrent use.
type writeCheck struct {
	mu   sync.Mutex
	next time.Time
	err  error
}

func (w *writeCheck) check(ctx context.Context, s store.Store) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := time.Now(); !now.Before(w.next) {
		if w.err = s.CheckWrite(ctx); ctx.Err() == nil { // a cancelled check proves nothing
			w.next = now.Add(time.Second)
		}
	}
	return w.err
}

// checkStore validates the configured store and source of randomness, and wraps the store.
func (e opening) checkStore() (err error) {
	if e.env.Rand != nil && compiled.IsNil(e.env.Rand) {
		return errors.New("source of randomness is a nil pointer")
	}
	if e.env.Store != nil {
		e.env.Store, err = store.Checked(e.env.Store)
	}
	return err
}

func (e opening) openLimits(c Config) {
	e.logins = login.New(e.env, login.Config{
		After: e.after, Passwords: e.passwords, Guessing: c.Guessing, PerMinute: c.LoginsPerMinute, Secret: e.cache.Secret,
	})
	e.auth = authenticate.New(e.env, e.after, e.verifier, e.cache)
	e.opened = append(e.opened, closer(e.logins.Wait)) // closed before what they use
}

// EventConfig limits the queues of event handlers. Zero means the default given in
// brackets.
type EventConfig struct {
	Queue int           // events queued for one handler [1024]
	Bytes int64         // total size of one queue [4 MiB]
	Drain time.Duration // how long Close waits for the handlers [5 s]
}

package core

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/hooks"
)

// Config says what an [Engine] is made of. The zero value works: a store in
// memory, a generated HS256 key, the system's clock and randomness.
type Config struct {
	Store       store.Store       // nil: in memory; the engine closes only what it opened
	Directories []users.Directory // AskedDirectory in order; nil: the users of Store
	Passwords   *users.Passwords  // nil: argon2id with default bounds
	Keys        *keys.Ring        // nil: one HS256 key, lost with the process
	Policy      policy.Policy

	// Sessions is how refresh families live; Index, Now and Rand are set here.
	Sessions session.FamiliesConfig

	// Guessing is how failed passwords slow the next ones down; Now is set here.
	Guessing throttle.Config

	// Events bounds what waits for the handlers of events.
	Events EventConfig

	PollEvery    time.Duration // how often the revocation log is read; 0 is 300 ms
	CacheEntries int           // credentials remembered at most; 0 is 100,000, negative is none

	Now    func() time.Time // nil: time.Now
	Rand   io.Reader        // nil: crypto/rand
	Logger *slog.Logger     // nil: discards
}

// Engine decides who may pass. It is safe for concurrent use; a process may
// hold several, which share nothing. Close it when done.
type Engine struct {
	store      store.Store
	dirs       []users.Directory
	ownerless  []users.Directory // those of dirs that may hold any subject
	passwords  *users.Passwords
	keys       *keys.Ring
	index      *session.Index
	tail       *session.Tail
	families   *session.Families
	revoking   session.Locks // by kind and key of a revocation
	guesses    *throttle.Limiter
	tries      *tries
	held       held              // logins that have to wait
	codes      *throttle.Sliding // wrong answers to a challenge, by account
	calls      *throttle.Meter
	failed     *throttle.Windows // see FailedGuess
	uses       uses
	faults     faultLog
	hookFaults api.LogLimit
	writes     writeCheck
	cache      *cache
	verifiers  atomic.Pointer[verifiers]
	policy     atomic.Pointer[compiled.Policy]
	events     *hooks.Background // where handlers of events run
	drain      time.Duration     // how long Close waits for them
	watches    *watches
	longest    users.Life   // of a token, by all policies under which there were some
	forged     *route.Names // see WithoutForged
	bounded    sync.Map     // of layouts and kinds of token, those that tellBounded has told of

	now  func() time.Time
	rand io.Reader
	log  *slog.Logger

	opened []io.Closer // what New opened, closed in reverse
}

// New builds an engine and loads the revocation log, so that the first
// decision already knows all that was taken back.
func New(ctx context.Context, c Config) (*Engine, error) {
	e := &Engine{
		store: c.Store, dirs: c.Directories, passwords: c.Passwords, keys: c.Keys,
		forged: route.Client(), now: c.Now, rand: c.Rand, log: printable.Logger(c.Logger),
	}
	e.openEvents(c.Events)
	if err := e.open(ctx, c); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (e *Engine) open(ctx context.Context, c Config) error {
	err := e.checkStore()
	if err != nil {
		return err
	}
	e.setDefaults(c.Policy.Tokens.WithDefaults())
	if e.dirs, err = checkDirectories(e.dirs); err != nil {
		return err
	}
	e.ownerless = ownerless(e.dirs)
	if err := e.openKeys(ctx); err != nil {
		return err
	}
	if e.cache, err = newCache(c.CacheEntries, e.rand); err != nil {
		return err
	}
	p, err := e.compile(c.Policy)
	if err != nil {
		return fmt.Errorf("build policy: %w", err)
	}
	e.policy.Store(p)
	e.warnWeak(p)
	e.index = session.NewIndex()
	e.tail, err = session.Follow(ctx, e.store, e.index, session.TailConfig{Every: c.PollEvery, Now: e.now, Logger: e.log})
	if err != nil {
		return fmt.Errorf("load revocations: %w", err)
	}
	e.opened = append(e.opened, closer(e.tail.Close))
	e.openFamilies(c.Sessions, p.Tokens)
	e.heedLongest(p)
	e.watches = openWatches(e)
	e.opened = append(e.opened, closer(e.watches.close))
	e.openLimits(c.Guessing)
	return nil
}

func (e *Engine) openFamilies(c session.FamiliesConfig, t policy.TokenPolicy) {
	c.Index, c.Now, c.Rand, c.AccessLife = e.index, e.now, e.rand, e.accessLife
	if c.MaxTokenLife == 0 {
		c.MaxTokenLife = t.Remember()
	}
	e.families = session.NewFamilies(e.store, c)
}

func (e *Engine) setDefaults(tokens policy.TokenPolicy) {
	if e.now == nil {
		e.now = time.Now
	}
	if e.rand == nil {
		e.rand = rand.Reader
	}
	if e.store == nil {
		e.store = memory.New() // ours: nothing to check
		e.opened = append(e.opened, e.store)
	}
	if e.passwords == nil {
		e.passwords = users.NewPasswords(users.PasswordConfig{Rand: e.rand})
	}
	if e.dirs == nil {
		e.dirs = []users.Directory{users.NewStore(e.store, users.StoreConfig{
			Passwords: e.passwords, MaxTokenLife: tokens.Remember(), Now: e.now, Rand: e.rand,
		})}
	}
}

func (e *Engine) openKeys(ctx context.Context) error {
	if e.keys != nil {
		return nil
	}
	ring, err := keys.Open(ctx, keys.Config{Rand: e.rand, Now: e.now, Logger: e.log})
	if err != nil {
		return fmt.Errorf("generate a key: %w", err)
	}
	e.keys = ring
	e.opened = append(e.opened, ring)
	return nil
}

// closer makes an io.Closer of a function that cannot fail.
type closer func()

func (c closer) Close() error { c(); return nil }

// Close stops what New started. Requests under way must have ended. First it gives
// the handlers of events up to Config.Events.Drain; the events that wait then are
// dropped and logged, and the context of handlers ends. To wait longer, call
// [Engine.Drain] before. The last uses of API keys are written then, so the store must
// still be open.
func (e *Engine) Close() error {
	e.closeEvents()
	errs := []error{e.writeLastUses()}
	for i := len(e.opened) - 1; i >= 0; i-- {
		errs = append(errs, e.opened[i].Close())
	}
	e.opened = nil
	return errors.Join(errs...)
}

// Reload builds p, and puts it in force if it is sound; otherwise nothing
// changes. Requests under way finish on the policy they began with.
func (e *Engine) Reload(ctx context.Context, p policy.Policy) error {
	next, err := e.compile(p)
	if err != nil {
		return fmt.Errorf("build policy: %w", err)
	}
	e.noteLongest(ctx, e.policy.Load()) // as long as the one so far may have let them
	e.heedLongest(next)
	e.policy.Store(next)
	e.warnWeak(next)
	e.fire(ctx, next.Hooks.ConfigReloaded, Event{})
	return nil
}

// warnWeak tells of layouts whose tokens anybody might be able to make.
func (e *Engine) warnWeak(p *compiled.Policy) {
	for i := range p.Layouts {
		if own := p.Layouts[i].Keys; len(own) > 0 && own[0].Weak {
			e.log.Warn("a weak secret verifies tokens: whoever guesses it can make them. Replace it, and remove allow_weak_secret",
				"layout", p.Layouts[i].Name, "algorithm", own[0].Algorithm)
		}
	}
}

// Keys returns the signing keys.
func (e *Engine) Keys() *keys.Ring { return e.keys }

// Now is the engine's time, for answers that tell it.
func (e *Engine) Now() time.Time { return e.now() }

// Hooks returns the catalogue that is in force, for doors that call points of
// their own.
func (e *Engine) Hooks() *Hooks { return e.policy.Load().Hooks }

// Staleness tells how old the newest successful look at the revocation log is.
func (e *Engine) Staleness() time.Duration { return e.tail.Staleness() }

// UnknownRevocations tells how many rows of the revocation log were of a kind
// that this version does not know.
func (e *Engine) UnknownRevocations() int64 { return e.index.Unknown() }

// Ready returns nil if the engine can decide: the store answers, and the
// revocation log was read within the policy's MaxStaleness.
func (e *Engine) Ready(ctx context.Context) error {
	if err := e.store.Ping(ctx); err != nil {
		return err
	}
	if err := e.writes.check(ctx, e.store); err != nil {
		return err
	}
	if age, limit := e.Staleness(), e.policy.Load().MaxStaleness; age > limit {
		return fmt.Errorf("the revocation log was last read %s ago, want %s at most", age.Round(time.Millisecond), limit)
	}
	return nil
}

// deps is what methods of the policy p are lent.
func (e *Engine) deps(p *compiled.Policy) policy.Deps {
	return policy.Deps{
		CheckPassword: func(ctx context.Context, login string, password api.Secret, peer api.Peer) (api.Identity, error) {
			return e.methodLogin(ctx, p, loginRequest{LoginRequest: LoginRequest{Login: login, Password: password, Peer: peer}})
		},
		CheckApplication: func(ctx context.Context, login string, password api.Secret, peer api.Peer) (api.Identity, error) {
			return e.methodLogin(ctx, p, loginRequest{LoginRequest: LoginRequest{Login: login, Password: password, Peer: peer}, applicationOnly: true})
		},
		VerifyToken: func(ctx context.Context, text string) (api.Identity, error) {
			return e.verify(ctx, p, VerifyRequest{Token: text})
		},
		APIKey: e.store.APIKey,
		User:   e.holder,
		Now:    e.now,
		Logger: e.log,
	}
}

// Compile makes a policy ready for this engine.
func (e *Engine) compile(p Policy) (*compiled.Policy, error) {
	return compiled.Compile(p, compiled.Surroundings{Directories: e.dirs, Networks: e.networks(), Networked: e.networked(), Lend: e.deps})
}

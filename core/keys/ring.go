package keys

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Config configures a [Ring]. The zero value is one HS256 key in memory without
// automatic rotation.
type Config struct {
	Algorithm string           // algorithm of new keys; "" is the active key's, HS256 at first. After a change, the next Open creates an active key; the old keys still verify
	Also      []string         // further algorithms, each with its own active key; requires Algorithm. Keys of removed algorithms still verify
	File      string           // JWK set, created 0600 on first start; "" keeps keys in memory. Several processes may share it
	Vault     Vault            // vault that stores the set, such as a table that nodes share; excludes File
	Given     []api.Key        // operator's keys: all verify, those with a private part are active, the first is the default; nothing is generated, rotated or written; excludes File, Vault and Also
	Besides   []api.Key        // additional keys that only verify, such as an old site's weak secret; each with a unique ID
	ReadOnly  bool             // use the keys in File, if any, without changes; nothing is created or written
	Schedule  Schedule         // rotation schedule
	Rand      io.Reader        // nil is crypto/rand
	Now       func() time.Time // nil is time.Now
	Logger    *slog.Logger     // nil discards
}

// Ring is the set of the engine's own keys. It is safe for concurrent use: readers see
// immutable snapshots and take no lock. It starts no goroutine; its owner calls Tick.
type Ring struct {
	config Config
	set    set
	now    atomic.Pointer[snapshot]
	change sync.Mutex // serializes changes of the snapshot
}

// Open loads the ring and creates the first key if there is none. Errors name the file
// and the problem.
func Open(ctx context.Context, c Config) (*Ring, error) {
	if err := c.complete(); err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	for _, key := range c.Besides {
		if key.Weak {
			c.Logger.Warn("a weak secret verifies tokens: anyone who guesses it can forge them. Replace it, and remove allow_weak_secret", "kid", key.ID, "algorithm", key.Algorithm)
		}
	}
	r := &Ring{config: c, set: openSet(c)}
	r.now.Store(&snapshot{replaced: make(chan struct{})})
	first := life.ensure
	if c.ReadOnly {
		first = func(_ life, list []entry) ([]entry, error) { return list, nil }
	}
	if _, err := r.update(ctx, first); err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	return r, nil
}

func (c *Config) complete() error {
	if c.File != "" && c.Vault != nil {
		return errors.New("keys are in a vault and in a file: choose one")
	}
	if len(c.Given) > 0 {
		return c.completeGiven()
	}
	if c.Algorithm != "" && family(c.Algorithm) == "" {
		return unknownAlgorithm(c.Algorithm)
	}
	if err := c.checkAlso(); err != nil {
		return err
	}
	c.fill()
	return c.checkBesides()
}

// checkAlso checks that the further algorithms are supported and named once.
func (c *Config) checkAlso() error {
	if len(c.Also) > 0 && c.Algorithm == "" {
		return errors.New("further algorithms are set without the first one")
	}
	for i, name := range c.Also {
		if family(name) == "" {
			return unknownAlgorithm(name)
		}
		if name == c.Algorithm || slices.Contains(c.Also[:i], name) {
			return fmt.Errorf("algorithm %s is named twice", name)
		}
	}
	return nil
}

func (c *Config) checkBesides() error {
	for _, key := range c.Besides {
		if key.ID == "" || key.CanSign() {
			return fmt.Errorf("%s verifies besides the others: it needs an id, and no private part", key)
		}
	}
	return nil
}

func (c *Config) completeGiven() error {
	if c.File != "" || c.Vault != nil {
		return errors.New("keys are given and in a file or vault: choose one")
	}
	if len(c.Also) > 0 {
		return errors.New("keys are given: give those of further algorithms, too")
	}
	if !c.Given[0].CanSign() {
		return fmt.Errorf("%s comes first but has no private part to sign with", c.Given[0])
	}
	for _, e := range givenEntries(c.Given)[1:] {
		if e.state == Active {
			c.Also = append(c.Also, e.key.Algorithm)
		}
	}
	seen := map[string]bool{}
	for _, key := range c.Given {
		if seen[key.ID] {
			return fmt.Errorf("two keys with kid %.64q", key.ID)
		}
		seen[key.ID] = true
		if err := check(key); err != nil && !key.Weak {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	c.Algorithm, c.Schedule = "", Schedule{}
	c.fill()
	return c.checkBesides()
}

func (c *Config) fill() {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
}

// Active returns the default signing key.
func (r *Ring) Active() api.Key { return r.now.Load().active }

// Signing returns the active key of every algorithm, that of [Ring.Active] first. The
// result is shared and must not be modified.
func (r *Ring) Signing() []api.Key { return r.now.Load().signing }

// Verifying returns the keys that may verify a token with this kid and alg: the one
// with the kid, of any algorithm, or without a kid the newest of the algorithm, at most
// eight plus those of Config.Besides. The result is shared and must not be modified.
func (r *Ring) Verifying(kid, alg string) []api.Key {
	s := r.now.Load()
	if kid != "" {
		return s.byID[kid]
	}
	return s.byAlgorithm[alg]
}

// All describes every key without its material, oldest first.
func (r *Ring) All() []Info {
	s := r.now.Load()
	list := make([]Info, len(s.entries))
	for i, e := range s.entries {
		list[i] = e.info()
	}
	return list
}

// IsGiven reports whether the configuration provides the keys, so that they cannot be changed
// here.
func (r *Ring) IsGiven() bool { return len(r.config.Given) > 0 }

// Find returns the key with this kid, for exports.
func (r *Ring) Find(kid string) (api.Key, bool) {
	found := r.now.Load().byID[kid]
	if kid == "" || len(found) == 0 {
		return api.Key{}, false
	}
	return found[0], true
}

// JWKS returns the published JWK set (RFC 7517): the public parts of next, active and
// retiring keys, never symmetric ones. The result is shared and must not be modified.
func (r *Ring) JWKS() []byte { return r.now.Load().jwks }

// Generation increases with every change of the set and can be used to invalidate
// cached verification results.
func (r *Ring) Generation() uint64 { return r.now.Load().generation }

// Changed returns a channel that is closed when the current set is replaced.
func (r *Ring) Changed() <-chan struct{} { return r.now.Load().replaced }

// replace swaps in another snapshot. The caller holds change.
func (r *Ring) replace(next *snapshot) { close(r.now.Swap(next).replaced) }

// Rotate starts the rotation of the active key: a next key is published at once and
// signs when Schedule.PublishAhead has passed, at a later Tick; without PublishAhead it
// signs at once. A rotation in progress is not started again.
func (r *Ring) Rotate(ctx context.Context) ([]Change, error) {
	changes, err := r.update(ctx, life.rotate)
	if err != nil {
		return nil, fmt.Errorf("rotate keys: %w", err)
	}
	return changes, nil
}

// Promote makes the next key active at once, before its time; it returns
// [api.ErrNotFound] if there is no next key. Use it only if all verifiers know the key.
func (r *Ring) Promote(ctx context.Context) ([]Change, error) {
	changes, err := r.update(ctx, life.promoteNow)
	if err != nil {
		return nil, fmt.Errorf("let the next key sign: %w", err)
	}
	return changes, nil
}

// Remove deletes a key at once, for example after a leak, and so invalidates all tokens
// signed with it. If it was active, another key replaces it immediately.
func (r *Ring) Remove(ctx context.Context, kid string) ([]Change, error) {
	changes, err := r.update(ctx, func(l life, list []entry) ([]entry, error) {
		if len(r.config.Given) > 0 || slices.ContainsFunc(r.config.Besides, func(k api.Key) bool { return k.ID == kid }) {
			return nil, errGiven()
		}
		after, err := l.remove(list, kid)
		if err == nil && len(diff(list, after)) == 0 {
			return nil, api.ErrNotFound
		}
		return after, err
	})
	if err != nil {
		return nil, fmt.Errorf("remove key %.64q: %w", kid, err)
	}
	return changes, nil
}

// Tick applies the schedule at the time now, after reading the file if another process
// changed it. The owner calls it every few seconds and fires key-rotated for the
// changes. After an error the keys are unchanged.
func (r *Ring) Tick(ctx context.Context, now time.Time) ([]Change, error) {
	return r.updateAt(ctx, now, life.tick)
}

// Reload reads the file again if it changed. After an error the keys are unchanged.
func (r *Ring) Reload(ctx context.Context) ([]Change, error) {
	return r.update(ctx, func(_ life, list []entry) ([]entry, error) { return list, nil })
}

// Close discards the keys; the ring must not be used afterwards.
func (r *Ring) Close() error {
	r.change.Lock()
	defer r.change.Unlock()
	r.replace(&snapshot{jwks: []byte(`{"keys":[]}`), generation: r.Generation() + 1, replaced: make(chan struct{})})
	return nil
}

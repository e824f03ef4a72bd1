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

// Config says which keys a [Ring] holds. The zero value is one HS256 key in
// memory that never rotates by itself.
type Config struct {
	Algorithm string           // algorithm of new keys; "" is the active key's, HS256 at first. Changing it makes a new key active at the next Open; the old ones go on verifying
	Also      []string         // further algorithms, each with an active key of its own, to choose from; wants Algorithm. What is taken out of the list goes on verifying
	File      string           // JWK set, created 0600 on first start; "" keeps keys in memory. Several processes may share it
	Vault     Vault            // where the set is kept instead, such as a table that nodes share; excludes File
	Given     []api.Key        // keys of the operator's: all verify, those with a private part are active and the first signs by itself, nothing is generated, rotated or written; excludes File, Vault and Also
	Besides   []api.Key        // keys that verify besides the ring's own and never sign, such as an old site's weak secret; each with an id of its own
	ReadOnly  bool             // the ring shows what File holds, perhaps nothing, and no step changes it; nothing is made or written
	Schedule  Schedule         // when keys replace each other
	Rand      io.Reader        // nil is crypto/rand
	Now       func() time.Time // nil is time.Now
	Logger    *slog.Logger     // nil discards
}

// Ring is the set of the engine's own keys. It is safe for concurrent use:
// readers see immutable snapshots and take no lock. It starts no goroutine;
// its owner calls Tick.
type Ring struct {
	config Config
	set    set
	now    atomic.Pointer[snapshot]
	change sync.Mutex // held by whoever replaces the snapshot
}

// Open loads the ring, creating the first key when there is none. Errors name
// the file and what is wrong with it.
func Open(ctx context.Context, c Config) (*Ring, error) {
	if err := c.complete(); err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	for _, key := range c.Besides {
		if key.Weak {
			c.Logger.Warn("a weak secret verifies tokens: whoever guesses it can make them. Replace it, and remove allow_weak_secret", "kid", key.ID, "algorithm", key.Algorithm)
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

// checkAlso wants each algorithm once.
func (c *Config) checkAlso() error {
	if len(c.Also) > 0 && c.Algorithm == "" {
		return errors.New("further algorithms are named, and not the first one")
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

// Active returns the key that signs by itself.
func (r *Ring) Active() api.Key { return r.now.Load().active }

// Signing returns the keys that may sign, each of another algorithm: the active one
// of every algorithm, that of [Ring.Active] first. The result is shared: do not change
// it.
func (r *Ring) Signing() []api.Key { return r.now.Load().signing }

// Verifying returns the keys that may verify a token whose header says kid and
// alg: the one with the kid, whatever its algorithm, or without a kid the newest
// of the algorithm, at most eight. The result is shared: do not change it.
func (r *Ring) Verifying(kid, alg string) []api.Key {
	s := r.now.Load()
	if kid != "" {
		return s.byID[kid]
	}
	return s.byAlgorithm[alg]
}

// All describes every key, without material, oldest first.
func (r *Ring) All() []Info {
	s := r.now.Load()
	list := make([]Info, len(s.entries))
	for i, e := range s.entries {
		list[i] = e.info()
	}
	return list
}

// Find returns the key with this kid, for exports.
func (r *Ring) Find(kid string) (api.Key, bool) {
	found := r.now.Load().byID[kid]
	if kid == "" || len(found) == 0 {
		return api.Key{}, false
	}
	return found[0], true
}

// JWKS returns the published JWK set (RFC 7517): the public keys that sign now
// or later or still verify. Symmetric keys are never in it. The result is
// shared: do not change it.
func (r *Ring) JWKS() []byte { return r.now.Load().jwks }

// Generation grows with every change of the set, so that verdicts that rest on
// an older one can be told apart.
func (r *Ring) Generation() uint64 { return r.now.Load().generation }

// Changed returns a channel that is closed when the set is no longer the one that it
// was at the call.
func (r *Ring) Changed() <-chan struct{} { return r.now.Load().replaced }

// replace puts another set in force. The caller holds change.
func (r *Ring) replace(next *snapshot) { close(r.now.Swap(next).replaced) }

// Rotate begins to replace the active key: a next key is published at once and
// signs when Schedule.PublishAhead has passed, at a later Tick; without
// PublishAhead it signs at once. A rotation that is under way is not begun again.
func (r *Ring) Rotate(ctx context.Context) ([]Change, error) {
	changes, err := r.update(ctx, life.rotate)
	if err != nil {
		return nil, fmt.Errorf("rotate keys: %w", err)
	}
	return changes, nil
}

// Promote lets the next key sign at once, for an owner who knows that everybody
// who verifies has learnt it; without a next key it is [api.ErrNotFound].
func (r *Ring) Promote(ctx context.Context) ([]Change, error) {
	changes, err := r.update(ctx, life.promoteNow)
	if err != nil {
		return nil, fmt.Errorf("let the next key sign: %w", err)
	}
	return changes, nil
}

// Remove takes a key out at once, with all tokens it signed, as for one that
// leaked. If it was the active one, another takes its place immediately.
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

// Tick moves every key to the state that the schedule wants at the moment now,
// reading the file first if another process changed it. The owner calls it every
// few seconds and fires key-rotated for the changes. After an error the keys are
// as before.
func (r *Ring) Tick(ctx context.Context, now time.Time) ([]Change, error) {
	return r.updateAt(ctx, now, life.tick)
}

// Reload reads the file again if it changed. After an error the keys are as
// before.
func (r *Ring) Reload(ctx context.Context) ([]Change, error) {
	return r.update(ctx, func(_ life, list []entry) ([]entry, error) { return list, nil })
}

// Close forgets the keys; the ring must not be used afterwards.
func (r *Ring) Close() error {
	r.change.Lock()
	defer r.change.Unlock()
	r.replace(&snapshot{jwks: []byte(`{"keys":[]}`), generation: r.Generation() + 1, replaced: make(chan struct{})})
	return nil
}

package issuerkeys

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/keys/internal/fetch"
	"github.com/cardea-auth/cardea/core/printable"
)

// Config configures a [Remote].
type Config struct {
	Issuer       string           // iss of the tokens; also the base of discovery when URL is ""
	URL          string           // URL of the JWK set; "" uses OpenID Connect Discovery at Issuer
	Algorithms   []string         // accepted algorithms; asymmetric, at least one
	RefreshEvery time.Duration    // age at which the set is fetched again; 0 is 10 minutes
	CoolDown     time.Duration    // least time between two fetches, even for unknown kids; 0 is 30 seconds
	StaleFor     time.Duration    // how long an old set is used while the issuer does not answer; 0 is 24 hours
	Timeout      time.Duration    // of one fetch; 0 is 5 seconds
	AllowPrivate bool             // permits loopback and private addresses and plain http, for an internal issuer
	Now          func() time.Time // nil is time.Now
	Logger       *slog.Logger     // nil discards
}

// Remote is an external issuer's set of public keys, fetched on demand and at most once
// per cool-down. It is safe for concurrent use. Each fetch runs on its own goroutine,
// one at a time, which ends within the timeouts of discovery and set.
type Remote struct {
	config Config
	client *fetch.Client
	now    atomic.Pointer[remoteSet]

	toldCostly atomic.Bool

	mu     sync.Mutex    // held only briefly
	last   time.Time     // start of the latest fetch; guarded by mu
	flight chan struct{} // closed when the fetch in flight is done; nil if there is none; guarded by mu
}

// remoteSet is an immutable set of fetched keys.
type remoteSet struct {
	list    []api.Key
	fetched time.Time
}

// Open returns the keys of an issuer. It fetches nothing yet, so the server can
// start while the issuer is down.
func Open(c Config) (*Remote, error) {
	if err := c.complete(); err != nil {
		return nil, fmt.Errorf("keys of issuer %s: %w", c.Issuer, err)
	}
	r := &Remote{config: c, client: fetch.New(keys.MaxSetBytes, c.AllowPrivate, c.Timeout)}
	r.now.Store(&remoteSet{})
	return r, nil
}

func (c *Config) complete() error {
	if c.Issuer == "" {
		return errors.New("issuer is missing")
	}
	if len(c.Algorithms) == 0 {
		return errors.New("algorithms are missing: name those that the issuer signs with, such as RS256")
	}
	for _, a := range c.Algorithms {
		if strings.HasPrefix(a, "HS") || !slices.Contains(keys.Algorithms(), a) {
			return fmt.Errorf("algorithm %.32q cannot be used with published keys", a)
		}
	}
	setDefault(&c.RefreshEvery, 10*time.Minute)
	setDefault(&c.CoolDown, 30*time.Second)
	setDefault(&c.StaleFor, 24*time.Hour)
	setDefault(&c.Timeout, 5*time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Logger = printable.Logger(c.Logger)
	_, err := fetch.CheckURL(c.address(), c.AllowPrivate)
	return err
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d <= 0 {
		*d = value
	}
}

// Verifying returns the keys that may verify a token of the issuer with this kid and
// alg; an empty result means that there are none. The set is fetched when it is old or
// lacks the kid, unless the cool-down forbids it. With a usable key in an old set, the
// caller that starts the fetch waits only briefly and others do not wait; without one,
// callers wait until ctx ends or for the timeout of one fetch. The error is Unavailable
// if there is no set that may still be used.
func (r *Remote) Verifying(ctx context.Context, kid, alg string) ([]api.Key, error) {
	set := r.now.Load()
	found := set.find(kid, alg, maxTried(alg))
	fresh := r.config.Now().Before(set.fetched.Add(r.config.RefreshEvery))
	if fresh && len(found) > 0 {
		return found, nil
	}
	flight, begun := r.refresh(ctx)
	wait := r.config.Timeout
	if len(found) > 0 && r.serves(set) {
		wait = 0 // for callers that did not start the fetch
		if begun {
			wait = min(graceForOld, r.config.Timeout)
		}
	}
	await(ctx, flight, wait)
	return r.usable(kid, alg)
}

// graceForOld is how long the caller that finds the set outdated waits for the new one.
// If the issuer answers promptly, withdrawn keys are rejected at once.
const graceForOld = 300 * time.Millisecond

// await waits until the fetch is done, ctx ends, or the time is up.
func await(ctx context.Context, flight <-chan struct{}, most time.Duration) {
	if flight == nil || most <= 0 {
		return
	}
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-flight:
	case <-ctx.Done():
	case <-t.C:
	}
}

// serves reports whether the set may still be used.
func (r *Remote) serves(set *remoteSet) bool {
	return r.config.Now().Before(set.fetched.Add(r.config.StaleFor))
}

// usable looks the keys up in the current set.
func (r *Remote) usable(kid, alg string) ([]api.Key, error) {
	set := r.now.Load()
	if r.serves(set) {
		return set.find(kid, alg, maxTried(alg)), nil
	}
	return nil, api.E(api.Unavailable, api.ReasonTokenKey, "keys of the token's issuer are not available")
}

func (s *remoteSet) find(kid, alg string, most int) []api.Key {
	var found []api.Key
	for _, key := range s.list {
		if (kid == "" || key.ID == kid) && key.Algorithm == alg && len(found) < most {
			found = append(found, key)
		}
	}
	return found
}

// refresh returns the fetch in flight, nil if there is none. It starts one if the
// cool-down allows, and reports whether it did.
func (r *Remote) refresh(ctx context.Context) (flight <-chan struct{}, begun bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.config.Now()
	if r.flight != nil || !r.last.IsZero() && now.Before(r.last.Add(r.config.CoolDown)) {
		return r.flight, false
	}
	r.last, r.flight = now, make(chan struct{})
	// A client that disconnects must not cancel a fetch that others wait for.
	go r.fetch(context.WithoutCancel(ctx), now, r.flight)
	return r.flight, true
}

// fetch replaces the set with the issuer's current one.
func (r *Remote) fetch(ctx context.Context, now time.Time, flight chan<- struct{}) {
	list, err := r.loadSafely(ctx)
	if err != nil {
		r.config.Logger.Warn("keys of an external issuer could not be fetched", "issuer", r.config.Issuer, "error", err.Error())
	} else {
		r.now.Store(&remoteSet{list, now})
	}
	r.mu.Lock()
	r.flight = nil
	r.mu.Unlock()
	close(flight)
}

// loadSafely is load with panics returned as errors.
func (r *Remote) loadSafely(ctx context.Context) (list []api.Key, err error) {
	defer api.Recover("keys of issuer", r.config.Issuer, &err)
	return r.load(ctx)
}

// tellSkipped logs a key that is not used, at debug level. The first sound key that is
// rejected for its cost is logged as a warning, once per process.
func (r *Remote) tellSkipped(err error) {
	level := slog.LevelDebug
	if errors.Is(err, errCostly) && r.toldCostly.CompareAndSwap(false, true) {
		level = slog.LevelWarn
	}
	r.config.Logger.Log(context.Background(), level, "a key of an external issuer is passed over", "issuer", r.config.Issuer, "error", err.Error())
}

// load fetches and parses the set. An empty set is valid; if a set has keys but none is
// usable, that is an error and the previous keys remain in use.
func (r *Remote) load(ctx context.Context) ([]api.Key, error) {
	address, err := r.setAddress(ctx)
	if err != nil {
		return nil, err
	}
	data, err := r.client.Get(ctx, address)
	if err != nil {
		return nil, err
	}
	list, err := keys.ParseUsable(data, r.config.Algorithms, checkCost, r.tellSkipped)
	if errors.Is(err, keys.ErrNoKeys) {
		r.config.Logger.Warn("an external issuer has withdrawn all its keys: all its tokens are refused", "issuer", r.config.Issuer)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	list = slices.DeleteFunc(list, func(k api.Key) bool { return !slices.Contains(r.config.Algorithms, k.Algorithm) })
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: no key for %v", address, r.config.Algorithms)
	}
	return list, nil
}

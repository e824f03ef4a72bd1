package keys

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Config says which keys a [Ring] holds. The zero value is one HS256 key in
// memory that never rotates by itself.
type Config struct {
	Algorithm string           // algorithm of new keys; "" is HS256
	File      string           // JWK set, created 0600 on first start; "" keeps keys in memory
	Schedule  Schedule         // when keys replace each other
	Rand      io.Reader        // nil is crypto/rand
	Now       func() time.Time // nil is time.Now
	Logger    *slog.Logger     // nil discards
}

// Schedule is the life cycle of keys (see [State]).
type Schedule struct {
	RotateEvery  time.Duration // age at which the active key is replaced; 0 is never
	PublishAhead time.Duration // how long a next key is published before it signs
	KeepFor      time.Duration // how long a replaced key still verifies: the longest token life
}

// Ring is the set of the engine's own keys. It is safe for concurrent use:
// readers see immutable snapshots and take no lock.
type Ring struct{}

// Open loads the ring, creating the first key when there is none.
func Open(ctx context.Context, c Config) (*Ring, error) {
	return nil, errors.New("open keys: no algorithm is offered")
}

// Active returns the key that signs.
func (r *Ring) Active() api.Key { return api.Key{} }

// Verifying returns the keys that may verify a token whose header says kid and
// alg: the one with the kid, or without a kid all of the algorithm. The result
// is shared: do not change it.
func (r *Ring) Verifying(kid, alg string) []api.Key { return nil }

// All describes every key, without material, oldest first.
func (r *Ring) All() []Info { return nil }

// JWKS returns the published JWK set (RFC 7517): public keys that sign now or
// later or still verify. Symmetric keys are never in it.
func (r *Ring) JWKS() []byte { return []byte(`{"keys":[]}`) }

// Generation grows with every change of the set, so that verdicts that rest on
// an older one can be told apart.
func (r *Ring) Generation() uint64 { return 0 }

// Rotate replaces the active key: by the published next one when there is one,
// else by a new one.
func (r *Ring) Rotate(ctx context.Context) ([]Change, error) { return nil, nil }

// Tick moves every key to the state that the schedule wants at now, reading the
// file first if another process changed it. Its owner calls it now and then, at
// least every few seconds.
func (r *Ring) Tick(ctx context.Context, now time.Time) ([]Change, error) { return nil, nil }

// Reload reads the key file again if it changed.
func (r *Ring) Reload(ctx context.Context) ([]Change, error) { return nil, nil }

// Close forgets the keys; the ring must not be used afterwards.
func (r *Ring) Close() error { return nil }

package users

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users/internal/passhash"
)

// ErrMismatch says that a password does not fit its hash.
var ErrMismatch = passhash.ErrMismatch

// MaxPassword is the longest password in bytes. Longer ones are refused when
// they are set and match nothing when they are tried.
const MaxPassword = 4096

// PasswordConfig says how passwords are hashed; the zero value is OWASP's
// minimum for argon2id: 19 MiB, two passes, one lane.
type PasswordConfig struct {
	Concurrent int       // hashes at the same time; default GOMAXPROCS
	Memory     uint32    // KiB per hash; default 19456
	Passes     uint32    // default 2
	Rand       io.Reader // salts; default crypto/rand

	// Answer is how long a [Verifier] may take; default 10 seconds. One that takes
	// longer is a technical error.
	Answer time.Duration

	// Nobody is a hash of the form that most users have, for directories that cannot
	// tell which forms theirs have (see [HashCounter]). Empty or of no known form:
	// that of a new hash.
	Nobody api.Secret
}

// Passwords hashes and verifies passwords. Each hash takes tens of
// milliseconds and megabytes, so only so many run at once; others wait for
// their turn or for their context to end. Safe for concurrent use.
//
// Whatever a hash asks for, a check takes as long as one of the dearest form that
// is in use where the user was looked for, up to a cap (see [HashForm].Problem):
// no clock tells forms, and so users, apart.
type Passwords struct {
	*machine
	asked   []string // directories in which the user is looked for
	slashed bool     // whether one of them is a [Slasher]
	home    string   // the one that has the user, to note what the hash costs; "": none
}

// machine is what all Passwords made from one share.
type machine struct {
	rand    io.Reader
	turns   chan struct{} // one element per hash that runs
	runs    atomic.Int64
	asks    chan struct{}   // one element per call of a Verifier under way
	answer  time.Duration   // how long one may take
	first   passhash.Cost   // of new hashes
	nobody  passhash.Cost   // of a directory that cannot tell
	schemes []passhash.Form // all that verify
	watch   passhash.Stopwatch
	forms   formsInUse
}

// maxAsks bounds the calls of a [Verifier] at the same time.
const maxAsks = 64

// NewPasswords returns passwords that hash as cfg says. Parameters beyond the
// bounds for stored hashes (8 KiB to 256 MiB, 10 passes) are moved into them.
func NewPasswords(cfg PasswordConfig) *Passwords {
	m := &machine{
		rand:  rand.Reader,
		turns: make(chan struct{}, max(1, cmp.Or(cfg.Concurrent, runtime.GOMAXPROCS(0)))),
		asks:  make(chan struct{}, maxAsks), answer: cmp.Or(max(cfg.Answer, 0), 10*time.Second),
		first:   passhash.Argon2id(cmp.Or(cfg.Memory, 19456), cmp.Or(cfg.Passes, 2)),
		schemes: passhash.Marked(),
	}
	if cfg.Rand != nil {
		m.rand = cfg.Rand
	}
	m.nobody = m.first
	if form, ok := FormOf(cfg.Nobody, 0); ok && form.Problem == "" {
		m.nobody = form.cost
	}
	return &Passwords{machine: m}
}

// Hash returns a salted hash of the password in PHC form. It does not judge the
// password beyond [MaxPassword].
func (p *Passwords) Hash(ctx context.Context, password api.Secret) (api.Secret, error) {
	if len(password) > MaxPassword {
		return "", fmt.Errorf("hash password: longer than %d bytes", MaxPassword)
	}
	salt := make([]byte, passhash.SaltLength)
	if _, err := io.ReadFull(p.rand, salt); err != nil {
		return "", fmt.Errorf("hash password: read salt: %w", err)
	}
	var hash string
	err := p.work(ctx, func() error {
		hash = p.first.Hash(password.Reveal(), salt)
		return nil
	})
	return api.Secret(hash), err
}

// Verify returns nil if the password fits the hash and [ErrMismatch] if not;
// any other error is technical: a broken hash, or ctx ended in the queue. An
// empty hash, or one that begins with a star or an exclamation mark, as systems
// write to lock a password, fits nothing and costs as much as any other.
func (p *Passwords) Verify(ctx context.Context, hash, password api.Secret) error {
	_, err := p.check(ctx, []api.Secret{hash}, password, nil)
	return p.verifySlashed(ctx, hash, password, err)
}

// VerifyNone does the work of Verify for a user that does not exist, so that a
// clock cannot tell. It returns [ErrMismatch] or a technical error, never nil.
func (p *Passwords) VerifyNone(ctx context.Context, password api.Secret) error {
	_, err := p.check(ctx, nil, password, nil)
	return p.verifySlashed(ctx, "", password, err)
}

// Runs returns how many hashes have been computed, for metrics.
func (p *Passwords) Runs() int64 { return p.runs.Load() }

// work runs one hash when its turn comes.
func (p *Passwords) work(ctx context.Context, hash func() error) error {
	// select chooses at random: a context that has ended must not start work.
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait to hash a password: %w", err)
	}
	select {
	case p.turns <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
	defer func() { <-p.turns }()
	p.runs.Add(1)
	return hash()
}

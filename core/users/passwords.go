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

// ErrMismatch is returned if a password does not match its hash.
var ErrMismatch = passhash.ErrMismatch

// MaxPassword is the longest password in bytes. Longer ones cannot be set and match
// nothing.
const MaxPassword = 4096

// PasswordConfig configures password hashing; the zero value is OWASP's minimum for
// argon2id: 19 MiB, two passes, one lane.
type PasswordConfig struct {
	Concurrent int       // maximum number of concurrent hashes; default GOMAXPROCS
	Memory     uint32    // KiB per hash; default 19456
	Passes     uint32    // default 2
	Rand       io.Reader // salts; default crypto/rand

	// Answer is how long a [Verifier] may take; default 10 seconds. A longer call is a
	// technical error.
	Answer time.Duration

	// Nobody is a hash in the form that most users have, for directories that cannot
	// list their forms (see [HashCounter]). If it is empty or unknown, the form of new
	// hashes is used.
	Nobody api.Secret
}

// Passwords hashes and verifies passwords. Each hash takes tens of milliseconds and
// megabytes, so the number of concurrent hashes is limited; further calls wait until
// one is done, their context ends, or, unless it is of [First], 5 seconds have passed.
// Beyond 256 waiting calls the error is Unavailable with reason busy, too. Safe for
// concurrent use.
//
// Every check takes as long as the most expensive form in use in the searched
// directories, up to a cap (see [HashForm].Problem), so that its duration does not
// reveal the form of a hash or whether the user exists.
type Passwords struct {
	*machine
	asked   []string // directories that are searched for the user
	slashed bool     // one of them is a [Slasher]
	home    string   // the user's directory, to record the cost of its hash; "" if none
}

// machine is the state shared by all Passwords derived from one.
type machine struct {
	rand    io.Reader
	turns   *queue // for hashes
	runs    atomic.Int64
	asks    *queue          // for calls of a Verifier
	answer  time.Duration   // time limit of a call
	first   passhash.Cost   // of new hashes
	nobody  passhash.Cost   // of a directory that cannot list its forms
	schemes []passhash.Form // all supported forms
	watch   passhash.Stopwatch
	forms   formsInUse
}

// maxAsks bounds concurrent calls of a [Verifier].
const maxAsks = 64

// NewPasswords returns passwords with the given configuration. Parameters are limited
// to the bounds for stored hashes (8 KiB to 256 MiB, 10 passes).
func NewPasswords(cfg PasswordConfig) *Passwords {
	m := &machine{
		rand:  rand.Reader,
		turns: newQueue(max(1, cmp.Or(cfg.Concurrent, runtime.GOMAXPROCS(0)))),
		asks:  newQueue(maxAsks), answer: cmp.Or(max(cfg.Answer, 0), 10*time.Second),
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

// Hash returns a salted hash of the password in PHC format. Apart from [MaxPassword] it
// does not validate the password. It goes before checks, as with [First].
func (p *Passwords) Hash(ctx context.Context, password api.Secret) (api.Secret, error) {
	if len(password) > MaxPassword {
		return "", fmt.Errorf("hash password: longer than %d bytes", MaxPassword)
	}
	salt := make([]byte, passhash.SaltLength)
	if _, err := io.ReadFull(p.rand, salt); err != nil {
		return "", fmt.Errorf("hash password: read salt: %w", err)
	}
	var hash string
	err := p.work(First(ctx), func() error {
		hash = p.first.Hash(password.Reveal(), salt)
		return nil
	})
	return api.Secret(hash), err
}

// Verify returns nil if the password matches the hash and [ErrMismatch] if not; any
// other error is technical: an invalid hash, or ctx ended while waiting. An empty hash,
// or one that begins with "*" or "!", as systems write to lock a password, matches
// nothing and takes the same time.
func (p *Passwords) Verify(ctx context.Context, hash, password api.Secret) error {
	_, err := p.check(ctx, []api.Secret{hash}, password, nil)
	return p.verifySlashed(ctx, hash, password, err)
}

// VerifyNone does the work of Verify for an unknown user, to make timing equal. It
// returns [ErrMismatch] or a technical error, never nil.
func (p *Passwords) VerifyNone(ctx context.Context, password api.Secret) error {
	_, err := p.check(ctx, nil, password, nil)
	return p.verifySlashed(ctx, "", password, err)
}

// Runs returns how many hashes have been computed, for metrics.
func (p *Passwords) Runs() int64 { return p.runs.Load() }

// work runs one hash when a slot is free.
func (p *Passwords) work(ctx context.Context, hash func() error) error {
	if err := p.turns.acquire(ctx); err != nil {
		return err
	}
	defer p.turns.release()
	p.runs.Add(1)
	return hash()
}

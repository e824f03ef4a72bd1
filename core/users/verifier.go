package users

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// Verifier is the ability of a [Directory] that checks the passwords of its users itself,
// as LDAP and PAM do. [Check] asks it instead of comparing with a hash. It is safe for
// concurrent use.
//
// The password is never empty (a simple bind without one succeeds, RFC 4513 section
// 5.1.2), and has at most [MaxPassword] bytes. The answer must come within
// [PasswordConfig.Answer]; the context ends then, and not when the client hangs up:
// whoever hung up on slow answers would guess without being counted.
//
// Where somebody else is tried, or nobody, it is asked about the zero user, with a filler
// in the place of the password. It must then take as long as for a wrong password, so
// that a clock does not tell who is known.
//
// A password that changes in such a directory ends nothing by itself: a success with
// Basic is remembered for as long as its method says, and sessions live on, until the
// directory raises the user's generation or a revocation is written.
type Verifier interface {
	// Verify returns nil if the password is the user's, and [ErrMismatch] if not. Any
	// other error is technical: it is no verdict, and does not count as a guess.
	Verify(ctx context.Context, u api.User, password api.Secret) error
}

// checkOwn tells whether the password is the user's own: nil, [ErrMismatch], or what is
// wrong. It is the one place that asks, whether a directory has hashes or verifies. dir is
// nil for nobody. Each directory that verifies is asked once, and a hash is computed once
// if there is a directory of another sort, whoever is tried.
func checkOwn(ctx context.Context, dirs []Directory, dir Directory, u api.User, pw *Passwords, password api.Secret) error {
	verdict, home, hashes := error(ErrMismatch), pw, false
	for _, d := range dirs {
		v, able := api.Capability[Verifier](d)
		theirs := dir != nil && d.Name() == dir.Name()
		switch {
		case able && theirs:
			verdict = pw.ask(ctx, d.Name(), v, u, password)
			u = api.User{} // its hash, if any, does not count
		case able:
			if err := pw.askNobody(ctx, d.Name(), v, password); dir == nil && errors.Is(verdict, ErrMismatch) {
				verdict = err
			}
		case theirs:
			home, hashes = pw.of(d), true
		default:
			hashes = true
		}
	}
	if !hashes && len(dirs) > 0 {
		return verdict
	}
	if err := home.Verify(ctx, u.Hash, password); !errors.Is(err, ErrMismatch) {
		return err // the hash fits, or could not be computed
	}
	return verdict
}

// ask asks a directory about a user of its own. A password that is too long is nobody's.
func (p *Passwords) ask(ctx context.Context, directory string, v Verifier, u api.User, password api.Secret) error {
	if len(password) > MaxPassword {
		return p.askNobody(ctx, directory, v, password)
	}
	return p.askWithin(ctx, directory, v, u, password)
}

// askNobody does the work of ask for nobody, with a text that is nobody's secret. It
// returns [ErrMismatch] or what is wrong, never nil.
func (p *Passwords) askNobody(ctx context.Context, directory string, v Verifier, password api.Secret) error {
	filler := api.Secret(strings.Repeat("x", min(len(password), MaxPassword)))
	if err := p.askWithin(ctx, directory, v, api.User{}, filler); err != nil {
		return err
	}
	return api.Fault("user directory %q says that a password is right where there is no user", directory)
}

// askWithin waits for a turn until ctx ends, and then for the answer as long as
// [PasswordConfig.Answer] says. A directory that does not heed its context keeps its turn,
// so that no more than so many calls hang.
func (p *Passwords) askWithin(ctx context.Context, directory string, v Verifier, u api.User, password api.Secret) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait to verify a password: %w", err)
	}
	select {
	case p.asks <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait to verify a password: %w", ctx.Err())
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.answer)
	defer cancel()
	answer := make(chan error, 1)
	go func() {
		defer func() { <-p.asks }()
		answer <- verifySafely(ctx, directory, v, u, password)
	}()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return fmt.Errorf("verify a password: no answer within %s: %w", p.answer, ctx.Err())
	}
}

func verifySafely(ctx context.Context, directory string, v Verifier, u api.User, password api.Secret) (err error) {
	defer api.Recover("user directory", directory, &err)
	if err = v.Verify(ctx, u, password); err != nil && !errors.Is(err, ErrMismatch) {
		return fmt.Errorf("verify a password: %w", err)
	}
	return err
}

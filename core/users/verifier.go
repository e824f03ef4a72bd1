package users

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// Verifier is the ability of a [Directory] that verifies its users' passwords itself,
// as LDAP and PAM do. [Check] calls it instead of comparing with a hash. It is safe for
// concurrent use.
//
// The password is never empty (a simple bind without one succeeds, RFC 4513 section
// 5.1.2) and has at most [MaxPassword] bytes. The call must return within
// [PasswordConfig.Answer], when the context ends. The context does not end when the
// client disconnects: otherwise an attacker could disconnect from slow answers and
// guess without being counted.
//
// For users of other directories and unknown users it is called with the zero user and
// a filler instead of the password. It must then take as long as for a wrong password,
// so that timing does not reveal which users exist.
//
// A password change in such a directory revokes nothing by itself: successful Basic
// authentication stays cached for as long as its method is configured, and sessions
// live on, until the directory raises the user's generation or a revocation is written.
type Verifier interface {
	// Verify returns nil if the password is the user's, and [ErrMismatch] if not. Any
	// other error is technical and does not count as a failed guess.
	Verify(ctx context.Context, u api.User, password api.Secret) error
}

// checkOwn verifies the user's own password, by hash or by a Verifier: it returns nil,
// [ErrMismatch], or a technical error. dir is nil for unknown users. To equalize
// timing, each Verifier among dirs is called once, and one hash is computed if any
// directory uses hashes, whichever user is checked.
func checkOwn(ctx context.Context, dirs []Directory, dir Directory, u api.User, pw *Passwords, password api.Secret) error {
	verdict, home, hashes := error(ErrMismatch), pw, false
	for _, d := range dirs {
		v, able := api.Capability[Verifier](d)
		theirs := dir != nil && d.Name() == dir.Name()
		switch {
		case able && theirs:
			verdict = pw.ask(ctx, d.Name(), v, u, password)
			u = api.User{} // its hash, if any, is not used
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
		return err // the hash matches, or could not be computed
	}
	return verdict
}

// ask calls a directory's Verifier for one of its users. A password that is too long
// never matches.
func (p *Passwords) ask(ctx context.Context, directory string, v Verifier, u api.User, password api.Secret) error {
	if len(password) > MaxPassword {
		return p.askNobody(ctx, directory, v, password)
	}
	return p.askWithin(ctx, directory, v, u, password)
}

// askNobody does the work of ask for an unknown user, with a filler as the password. It
// returns [ErrMismatch] or a technical error, never nil.
func (p *Passwords) askNobody(ctx context.Context, directory string, v Verifier, password api.Secret) error {
	filler := api.Secret(strings.Repeat("x", min(len(password), MaxPassword)))
	if err := p.askWithin(ctx, directory, v, api.User{}, filler); err != nil {
		return err
	}
	return api.Fault("user directory %q accepted a password for an unknown user", directory)
}

// askWithin waits for a slot, as [Passwords] says, and then for the result for at most
// [PasswordConfig.Answer]. A directory that ignores its context keeps its slot, which
// bounds the number of hanging calls.
func (p *Passwords) askWithin(ctx context.Context, directory string, v Verifier, u api.User, password api.Secret) error {
	if err := p.asks.acquire(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.answer)
	defer cancel()
	answer := make(chan error, 1)
	go func() {
		defer p.asks.release()
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

package users

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users/internal/passhash"
)

// VerifyAny is [Passwords.Verify] for one of several hashes, such as a user's
// application passwords, and returns the index of the matching one. The total time is
// that of one hash or of the most expensive user's hashes, even if there are none.
func (p *Passwords) VerifyAny(ctx context.Context, hashes []api.Secret, password api.Secret) (fits int, err error) {
	return p.check(ctx, hashes, password, func(spent float64) float64 { return p.forms.programs(p.asked, spent) })
}

// check verifies the hashes, and then adds work up to the cost of the most expensive form in
// use, and at least as many nanoseconds as least returns for those already spent.
func (p *Passwords) check(ctx context.Context, hashes []api.Secret, password api.Secret, least func(float64) float64) (fits int, err error) {
	text := password.Reveal()
	if len(text) > MaxPassword {
		text, hashes = text[:MaxPassword], nil
	}
	err = p.work(ctx, func() (err error) {
		var done []passhash.Cost
		fits, done, err = p.verifyEach(hashes, text)
		if p.home != "" && len(done) == 1 {
			p.forms.met(p.home, done[0])
		}
		inUse := p.forms.inUse(p.asked, p.nobody)
		if least != nil || len(done) != 1 || len(inUse) != 1 || done[0] != inUse[0] {
			p.watch.Level(done, inUse, text, least)
		}
		return err
	})
	return fits, err
}

// verifyEach verifies all hashes, even after a match, and returns their costs. Hashes
// that match nothing and invalid ones are not included.
func (p *Passwords) verifyEach(hashes []api.Secret, password string) (fits int, done []passhash.Cost, err error) {
	fits, broken := -1, error(nil)
	for i, h := range hashes {
		if passhash.FitsNothing(h.Reveal()) {
			continue
		}
		c, err := p.verifyOne(h.Reveal(), password)
		if err == nil && fits < 0 {
			fits = i
		}
		if err != nil && !errors.Is(err, ErrMismatch) {
			broken = errors.Join(broken, err)
			continue
		}
		done = append(done, c)
	}
	switch {
	case fits >= 0:
		return fits, done, nil
	case broken != nil:
		return fits, done, broken
	}
	return fits, done, ErrMismatch
}

func (p *Passwords) verifyOne(hash, password string) (passhash.Cost, error) {
	s := passhash.Find(p.schemes, hash)
	if s == nil {
		return passhash.Cost{}, errors.New("verify password: the stored hash has an unknown form")
	}
	c, err := s.Cost(hash)
	if err != nil {
		return c, err
	}
	return c, s.Verify(hash, password)
}

// in returns p for users that are searched in the directories, after updating their
// forms if that is due. If a directory does not answer, it is asked again later, and
// only the forms encountered so far are used.
func (p *Passwords) in(ctx context.Context, dirs []Directory) *Passwords {
	asked := make([]string, len(dirs))
	for i, d := range dirs {
		_ = p.forms.count(ctx, d) // a lookup will report the error
		asked[i] = d.Name()
	}
	return &Passwords{machine: p.machine, asked: asked, slashed: slashes(dirs)}
}

// of returns p for a user's hash in the directory.
func (p *Passwords) of(d Directory) *Passwords {
	return &Passwords{machine: p.machine, asked: p.asked, slashed: p.slashed, home: d.Name()}
}

package users

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users/internal/passhash"
)

// VerifyAny is [Passwords.Verify] for one of several hashes, as a user has them for
// programs, and returns which one fits. All together cost what one does, or what
// those of the user with the dearest ones do; so does none.
func (p *Passwords) VerifyAny(ctx context.Context, hashes []api.Secret, password api.Secret) (fits int, err error) {
	return p.check(ctx, hashes, password, func(spent float64) float64 { return p.forms.programs(p.asked, spent) })
}

// check verifies the hashes, and then works as long as is missing to the dearest
// forms in use, and to what least says of the nanoseconds that were spent.
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

// verifyEach verifies all hashes, also behind one that fits, and returns what that
// cost. Those that fit nothing and those that are broken cost nothing yet.
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
		return passhash.Cost{}, errors.New("verify password: the stored hash is of no known form")
	}
	c, err := s.Cost(hash)
	if err != nil {
		return c, err
	}
	return c, s.Verify(hash, password)
}

// in returns p for users that are looked for in the directories, after asking them
// for their forms if that is due. One that does not answer is asked again later,
// and until then has those that were met.
func (p *Passwords) in(ctx context.Context, dirs []Directory) *Passwords {
	asked := make([]string, len(dirs))
	for i, d := range dirs {
		_ = p.forms.count(ctx, d) // its lookups tell what is wrong
		asked[i] = d.Name()
	}
	return &Passwords{machine: p.machine, asked: asked, slashed: slashes(dirs)}
}

// of returns p for a user's hash of the directory.
func (p *Passwords) of(d Directory) *Passwords {
	return &Passwords{machine: p.machine, asked: p.asked, slashed: p.slashed, home: d.Name()}
}

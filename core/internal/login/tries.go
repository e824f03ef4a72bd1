package login

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
)

// Tries of one password of one user at the same moment are one check, and where
// they come from one source they have one place at the throttle: a browser that
// sends its requests together guesses nothing.

// tries are the checks under way.
type tries struct {
	checks flights[tryKey, api.Identity]
	places flights[placeKey, *guess]
}

// tryKey names who is tried with what: a digest that only this process can compute.
type tryKey [sha256.Size]byte

// placeKey names a try that comes from one source.
type placeKey struct {
	try    tryKey
	source netip.Prefix
	alone  *Request // of a try that has its place for itself; else nil
}

// try is a request to check a password.
type try struct {
	*Request
	dirs []users.Directory
	name string // under which failures count
	key  tryKey
}

func newTries() *tries {
	t := &tries{}
	t.checks.what, t.places.what = "check of a password", "try of a password"
	t.places.ended = func(g *guess, err error, callers int) {
		if err == nil {
			g.open(callers)
		}
	}
	return t
}

// wait returns when no check is under way: one may outlive the request that it was
// for. There must be no more requests.
func (t *tries) wait() {
	t.places.open.Wait()
	t.checks.open.Wait()
}

// newTry says who is tried. The typed login is part of the key as it is compared,
// so that known and unknown users share alike; the version of the user keeps a try
// from sharing a check that began before the user was changed.
func (e *Logins) newTry(ctx context.Context, r *Request) (*try, error) {
	t := &try{Request: r, dirs: e.Dirs.In(r.directory), name: r.Login}
	account, subject, err := e.account(ctx, t.dirs, r)
	if err != nil {
		return nil, err
	}
	var version uint64
	if account != "" {
		t.name, version = account, e.Index.UserVersion(subject)
	}
	text := append([]byte("try\x00"), e.secret[:]...)
	for _, field := range [...]string{r.directory, account, api.LoginKey(r.Login), r.Password.Reveal()} {
		text = append(binary.AppendUvarint(text, uint64(len(field))), field...)
	}
	text = binary.BigEndian.AppendUint64(text, version)
	text = append(text, flag(r.LoginOnly), flag(r.ApplicationOnly))
	t.key = sha256.Sum256(text)
	clear(text)
	return t, nil
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}

// place names the try at its source. Answers to a challenge are guesses of their
// own, whatever the password.
func (t *try) place() placeKey {
	k := placeKey{try: t.key, source: throttle.Source(t.Peer.Addr)}
	if t.answered() {
		k.alone = t.Request
	}
	return k
}

// share waits for the answer to the try, which others may be waiting for as well.
func (e *Logins) share(ctx context.Context, t *try) (*guess, error) {
	if err := ctx.Err(); err != nil {
		return nil, notChecked(err)
	}
	key := t.place()
	x := e.tries.places.join(ctx, key, func(ctx context.Context) (*guess, error) { return e.admit(ctx, t) })
	select {
	case <-x.done:
	case <-ctx.Done():
		if e.tries.places.leave(key, x) {
			return nil, notChecked(ctx.Err())
		}
		<-x.done
	}
	return x.value, x.err
}

func notChecked(err error) error {
	return api.Wrap(api.Unavailable, "", "users cannot be checked at the moment", err)
}

// admit asks the throttle for a place, and then for the check. A wait is Throttled
// with RetryAfter, and is told before anything is hashed, whoever the user is.
func (e *Logins) admit(ctx context.Context, t *try) (*guess, error) {
	g := &guess{limiter: e.guesses, name: t.name, peer: t.Peer.Addr}
	if wait, ok := e.guesses.Await(ctx, g.name, g.peer); !ok {
		now := e.Now()
		e.held.note(t.Request, t.name, now, now.Add(wait))
		return nil, tooManyFailed(wait)
	}
	var err error
	g.identity, err = e.check(ctx, t)
	switch {
	case err == nil:
		return g, nil
	case api.CodeOf(err) == api.Unauthenticated:
		g.limiter.Failed(g.name, g.peer)
	default:
		g.limiter.Void(g.name, g.peer)
	}
	return nil, err
}

// check checks the password, once for all sources that try it. It waits for the
// verdict even when ctx ends: a guess whose client has gone counts as well. What
// has not begun to be checked by then ends at once.
func (e *Logins) check(ctx context.Context, t *try) (api.Identity, error) {
	x := e.tries.checks.join(ctx, t.key, func(ctx context.Context) (api.Identity, error) {
		id, _, err := users.Check(ctx, t.dirs, e.passwords, t.Login, t.Password, t.options())
		if err == nil {
			err = e.Dirs.Owned(id.Directory, id.Subject)
		}
		return id, err
	})
	stop := context.AfterFunc(ctx, func() { e.tries.checks.leave(t.key, x) })
	defer stop()
	<-x.done
	return x.value, x.err
}

// guess is a try at a password that the throttle has let pass, and that proved
// right. It counts as failed until each request that shares it has called one of
// its methods, once; one that succeeded settles it at once.
type guess struct {
	limiter  *throttle.Limiter
	name     string
	peer     netip.Addr
	identity api.Identity // whose password it is

	mu      sync.Mutex
	callers int // who have yet to call
	verdict guessVerdict
	settled bool
}

// guessVerdict is what a request makes of a guess; of several the greatest counts.
type guessVerdict uint8

const (
	guessVoid  guessVerdict = iota // tells nothing of who knows what
	guessWrong                     // the code was wrong
	guessRight                     // the whole login was right, the second factor too
)

func (g *guess) void()      { g.end(guessVoid) }
func (g *guess) failed()    { g.end(guessWrong) }
func (g *guess) succeeded() { g.end(guessRight) }

// open says how many share the guess. Where all have gone it comes to nothing.
func (g *guess) open(callers int) {
	if g.callers = callers; callers == 0 {
		g.limiter.Void(g.name, g.peer)
	}
}

func (g *guess) end(v guessVerdict) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.callers--
	g.verdict = max(g.verdict, v)
	if g.settled || g.callers > 0 && v != guessRight {
		return
	}
	g.settled = true
	switch g.verdict {
	case guessRight:
		g.limiter.Succeeded(g.name, g.peer)
	case guessWrong:
		g.limiter.Failed(g.name, g.peer)
	default:
		g.limiter.Void(g.name, g.peer)
	}
}

func tooMany(public string, wait time.Duration) error {
	return &api.Error{Code: api.Throttled, Reason: api.ReasonTooMany, Public: public, RetryAfter: wait}
}

// tryPassword is the one place where passwords are tried. Failures slow the next
// tries down (core/throttle). Who was right must settle the guess when the login
// ends. Where only passwords of programs count, what cannot be one is refused and
// not counted: whoever sends a user's own this way must not lock that user out.
func (e *Logins) tryPassword(ctx context.Context, r *Request) (api.Identity, *guess, error) {
	if r.ApplicationOnly && !users.LooksLikeApplication(r.Password) {
		return api.Identity{}, nil, api.E(api.Unauthenticated, api.ReasonWrongPassword, "wrong user name or password")
	}
	if err := e.stillHeld(r); err != nil {
		return api.Identity{}, nil, err
	}
	t, err := e.newTry(ctx, r)
	if err != nil {
		return api.Identity{}, nil, err
	}
	g, err := e.share(ctx, t)
	if err != nil {
		return api.Identity{}, nil, err
	}
	return g.identity, g, nil
}

// account finds the account that a login names: failures count under its name, so
// that a user's login and e-mail address count together, and those of two
// directories' users apart. Both results are "" where nobody is called so. The error is
// for a directory that does not answer: its user's failures would count under another
// name.
func (e *Logins) account(ctx context.Context, dirs []users.Directory, r *Request) (account, subject string, err error) {
	for i := range dirs {
		u, err := users.FindFor(ctx, dirs[i:i+1], r.Login, r.options())
		if errors.Is(err, api.ErrNotFound) {
			continue
		}
		if err != nil {
			return "", "", err
		}
		return e.Dirs.AccountOf(dirs[i].Name(), u.Subject, u.Number), u.Subject, nil
	}
	return "", "", nil
}

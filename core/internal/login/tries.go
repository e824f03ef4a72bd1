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

// Concurrent attempts with the same password for the same user share one check. If they
// come from one source, they also share one slot of the throttle: a browser that sends
// several requests at once is not guessing.

// tries are the checks in flight.
type tries struct {
	checks flights[tryKey, api.Identity]
	places flights[placeKey, *guess]
}

// tryKey identifies a user and password by a keyed digest.
type tryKey [sha256.Size]byte

// placeKey identifies an attempt from one source.
type placeKey struct {
	try    tryKey
	source netip.Prefix
	alone  *Request // for an attempt that is not shared; else nil
}

// try is a request to check a password.
type try struct {
	*Request
	dirs []users.Directory
	name string // under which failures are counted
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

// wait waits for checks in flight, which may outlive their requests. No new requests may
// start.
func (t *tries) wait() {
	t.places.open.Wait()
	t.checks.open.Wait()
}

// newTry builds an attempt. The key includes the normalized login, so that attempts for
// known and unknown users are shared alike, and the user's version, so that an attempt does
// not share a check that started before the user was changed.
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
	text = append(text, flag(r.LoginOnly), flag(r.Phone), flag(r.ApplicationOnly))
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

// place returns the attempt's key for its source. Answers to a challenge are separate
// guesses, whatever the password.
func (t *try) place() placeKey {
	k := placeKey{try: t.key, source: throttle.Source(t.Peer.Addr)}
	if t.answered() {
		k.alone = t.Request
	}
	return k
}

// share waits for the result of the attempt, which concurrent requests may share.
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

// admit waits for the throttle and then for the check. If throttled, the error has
// RetryAfter and is returned before anything is hashed, whether or not the user exists.
// Users who recently logged in from the same source are checked before others.
func (e *Logins) admit(ctx context.Context, t *try) (*guess, error) {
	g := &guess{limiter: e.guesses, name: t.name, peer: t.Peer.Addr}
	if wait, ok := e.guesses.Await(ctx, g.name, g.peer); !ok {
		now := e.Now()
		e.held.note(t.Request, t.name, now, now.Add(wait))
		return nil, tooManyFailed(wait)
	}
	if e.guesses.Known(g.name, g.peer) {
		ctx = users.First(ctx)
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

// check checks the password, once for all sources that try it. It waits for the result even
// if ctx is done, so that a guess counts after its client has disconnected. A check that
// has not started by then is cancelled.
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

// guess is a right password that the throttle let through. It counts as failed until each
// request that shares it has called one of its methods once; the first success settles it.
type guess struct {
	limiter  *throttle.Limiter
	name     string
	peer     netip.Addr
	identity api.Identity // the user of the password

	mu      sync.Mutex
	callers int // who have not called yet
	verdict guessVerdict
	settled bool
}

// guessVerdict is the result of a request for a guess; the greatest one counts.
type guessVerdict uint8

const (
	guessVoid  guessVerdict = iota // unrelated to the credentials
	guessWrong                     // the code was wrong
	guessRight                     // the whole login succeeded, including the second factor
)

func (g *guess) void()      { g.end(guessVoid) }
func (g *guess) failed()    { g.end(guessWrong) }
func (g *guess) succeeded() { g.end(guessRight) }

// open sets how many requests share the guess. If there are none, it is void.
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

// tryPassword is the only place where passwords are checked. Failures delay further
// attempts (core/throttle). The caller must settle a returned guess at the end of the
// login. If only application passwords are accepted, anything else is refused without being
// counted: a user's own password, sent by mistake, must not lock the user out.
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

// account looks up the account of a login. Failures are counted under its name, so that a
// user's login and e-mail address count together, and users of different directories
// separately. Both results are "" for an unknown user. If a directory does not answer, that
// is an error: the failures of its users would be counted under another name.
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

package wordpress

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// ledger holds stamp and generation of users who may hold credentials. It caches what
// is stored in the revocation log. Safe for concurrent use. No lock is held during
// calls to the log.
type ledger struct {
	cfg  Config
	life users.Life // longest token lifetime so far

	mu    sync.Mutex
	users map[int64]known
	last  int64 // highest seq read
}

type known struct {
	gen   int64
	stamp stamp
	seen  bool      // false: only the generation is known
	until time.Time // expiry of the row in the log
}

// overlap is how far back the log is read again: rows may become visible out of order.
const overlap = 10 * time.Second

func newLedger(cfg Config) *ledger {
	l := &ledger{cfg: cfg, users: map[int64]known{}}
	l.life.Raise(cfg.MaxTokenLife)
	return l
}

func (l *ledger) subject(id int64) string { return l.cfg.Subject + ":" + strconv.FormatInt(id, 10) }

// number parses a subject in the form that subject returns.
func (l *ledger) number(subject string) (int64, bool) {
	text, ok := strings.CutPrefix(subject, l.cfg.Subject+":")
	id, err := strconv.ParseInt(text, 10, 64)
	return id, ok && err == nil && id > 0 && l.subject(id) == subject
}

// note compares a row with the known stamp, logs a difference, and returns the user's
// generation. It returns only after the log has stored the row: a generation must
// survive a restart.
func (l *ledger) note(ctx context.Context, r row) (int64, error) {
	return l.set(ctx, r.id, r.stamp())
}

// gone is note for a user that does not exist. It has an effect only for known users.
func (l *ledger) gone(ctx context.Context, id int64) error {
	l.mu.Lock()
	k := l.users[id]
	l.mu.Unlock()
	if k.stamp == (stamp{}) { // not compared yet, or gone already
		return nil
	}
	_, err := l.set(ctx, id, stamp{})
	return err
}

func (l *ledger) set(ctx context.Context, id int64, s stamp) (int64, error) {
	now := l.cfg.Now().UTC().Truncate(time.Microsecond)
	l.mu.Lock()
	before := l.users[id]
	l.mu.Unlock()
	if before.seen && before.stamp == s && before.until.Sub(now) > l.life.Get() {
		return before.gen, nil
	}
	next, row := l.next(id, before, s, now)
	if err := l.cfg.Log.AppendRevocations(ctx, row); err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.users[id].gen <= next.gen {
		l.users[id] = next
	}
	return next.gen, nil
}

// next returns the new state and the row for the log. A row outlives every credential
// issued before it is renewed.
func (l *ledger) next(id int64, before known, s stamp, now time.Time) (known, api.Revocation) {
	k := known{gen: max(before.gen, 1), stamp: s, seen: true, until: now.Add(2 * l.life.Get())}
	row := api.Revocation{Kind: api.RefreshUser, Key: l.subject(id), At: now, Expires: k.until, Actor: l.cfg.Name}
	what, revokes := "user seen", false
	if before.seen && before.stamp != s {
		what, revokes = s.changed(before.stamp, l.cfg.RevokeOn)
		what = cmp.Or(what, "user seen") // the stamp was written by a version with fewer fields
	}
	if revokes {
		k.gen++
		row.Kind = api.RevokeSubject
	}
	row.MinGen = k.gen
	row.Reason = what + " in WordPress" + stampOpen + s.String() + stampClose
	return k, row
}

// read applies new rows of the log, including those of other nodes.
func (l *ledger) read(ctx context.Context) error {
	const page = 5000
	l.mu.Lock()
	after := l.last
	l.mu.Unlock()
	since := time.Time{}
	if after > 0 {
		since = l.cfg.Now().Add(-overlap)
	}
	for {
		rows, err := l.cfg.Log.RevocationsSince(ctx, after, since, page)
		if err != nil {
			return err
		}
		l.apply(rows)
		if len(rows) < page {
			return nil
		}
		after, since = rows[len(rows)-1].Seq, time.Time{}
	}
}

func (l *ledger) apply(rows []api.Revocation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range rows {
		r := &rows[i]
		l.last = max(l.last, r.Seq)
		id, ours := l.number(r.Key)
		if !ours || r.MinGen == math.MaxInt64 || (r.Kind != api.RevokeSubject && r.Kind != api.RefreshUser) {
			continue
		}
		k := l.users[id]
		if s, ok := stampIn(r.Reason); ok && r.Actor == l.cfg.Name && r.MinGen >= k.gen {
			k = known{stamp: s, seen: true, until: r.Expires, gen: k.gen}
		}
		k.gen = max(k.gen, r.MinGen)
		l.users[id] = k
	}
}

// watched returns the sorted IDs to compare, and drops users without valid credentials.
func (l *ledger) watched(now time.Time) []int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ids []int64
	for id, k := range l.users {
		if k.seen && !k.until.After(now) {
			delete(l.users, id)
			continue
		}
		if k.stamp != (stamp{}) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

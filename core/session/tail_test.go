package session_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/core/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeLog is a log that can fail and whose rows can become visible late.
type fakeLog struct {
	mu       sync.Mutex
	rows     []api.Revocation
	recorded map[int64]time.Time
	err      error
	polls    int
	pruned   []time.Time
}

var _ session.Log = (*fakeLog)(nil)

func (l *fakeLog) AppendRevocations(_ context.Context, revs ...api.Revocation) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range revs {
		if r.Seq == 0 {
			r.Seq = int64(len(l.rows) + 1)
		}
		if l.recorded == nil {
			l.recorded = map[int64]time.Time{}
		}
		l.rows, l.recorded[r.Seq] = append(l.rows, r), time.Now()
	}
	slices.SortFunc(l.rows, func(a, b api.Revocation) int { return int(a.Seq - b.Seq) })
	return nil
}

func (l *fakeLog) RevocationsSince(ctx context.Context, after int64, overlap time.Time, limit int) ([]api.Revocation, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.polls++
	if l.err != nil {
		return nil, l.err
	}
	var out []api.Revocation
	for _, r := range l.rows {
		if len(out) < limit && (r.Seq > after || !overlap.IsZero() && !l.recorded[r.Seq].Before(overlap)) {
			out = append(out, r)
		}
	}
	return out, ctx.Err()
}

func (l *fakeLog) PruneRevocations(_ context.Context, before time.Time) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pruned = append(l.pruned, before)
	return 0, l.err
}

func (l *fakeLog) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

func (l *fakeLog) revoke(keys ...string) {
	for _, k := range keys {
		l.AppendRevocations(context.Background(), api.Revocation{Kind: api.RevokeToken, Key: k, At: time.Now(), Expires: time.Now().Add(time.Hour)})
	}
}

func revoked(x *session.Index, jti string) bool {
	_, ok := x.Revoked(&api.Identity{Proof: api.Proof{TokenID: jti}})
	return ok
}

func follow(t *testing.T, log session.Log, cfg session.TailConfig) (*session.Tail, *session.Index) {
	t.Helper()
	x := session.NewIndex()
	tail, err := session.Follow(t.Context(), log, x, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tail.Close)
	return tail, x
}

func TestFollow_loadsPageAfterPageBeforeItReturns(t *testing.T) {
	log := &fakeLog{}
	log.revoke("a", "b", "c", "d", "e")
	log.AppendRevocations(t.Context(), api.Revocation{Kind: api.RevokeToken, Key: "over", Expires: time.Now().Add(-time.Second)})
	_, x := follow(t, log, session.TailConfig{Page: 2, Every: time.Hour})
	for _, k := range []string{"a", "b", "c", "d", "e"} {
		if !revoked(x, k) {
			t.Errorf("%s is not revoked", k)
		}
	}
	if revoked(x, "over") {
		t.Error("an expired row was applied")
	}
}

func TestFollow_refusesToStartBlind(t *testing.T) {
	down := errors.New("down")
	_, err := session.Follow(t.Context(), &fakeLog{err: down}, session.NewIndex(), session.TailConfig{})
	if !errors.Is(err, down) {
		t.Errorf("got %v, want the log's error", err)
	}
}

func TestTail_seesNewRowsWithinOnePoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{}
		_, x := follow(t, log, session.TailConfig{})
		time.Sleep(time.Minute)
		log.revoke("j")
		time.Sleep(301 * time.Millisecond)
		if !revoked(x, "j") {
			t.Error("not revoked after one poll interval")
		}
	})
}

func TestTail_poke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{}
		tail, x := follow(t, log, session.TailConfig{Every: time.Hour})
		log.revoke("j")
		tail.Poke()
		tail.Poke()
		synctest.Wait()
		if !revoked(x, "j") {
			t.Error("a poke did not poll")
		}
	})
}

// TestTail_lateRows makes a lower seq visible after a higher one, as two transactions on
// PostgreSQL may, even while the log is down.
func TestTail_lateRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{}
		_, x := follow(t, log, session.TailConfig{Page: 2})
		late := func(seq int64, key string) {
			log.AppendRevocations(t.Context(), api.Revocation{Seq: seq, Kind: api.RevokeToken, Key: key})
		}
		late(10, "ten")
		late(11, "eleven")
		late(12, "twelve")
		time.Sleep(5 * time.Second)
		late(5, "five")
		time.Sleep(time.Second)
		if !revoked(x, "twelve") || !revoked(x, "five") {
			t.Error("a row that became visible late was missed")
		}
		log.fail(errors.New("down"))
		late(6, "six")
		time.Sleep(time.Minute)
		log.fail(nil)
		time.Sleep(time.Second)
		if !revoked(x, "six") {
			t.Error("a row that became visible during an outage was missed")
		}
	})
}

func TestTail_appliesARowOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{}
		_, x := follow(t, log, session.TailConfig{})
		log.AppendRevocations(t.Context(), api.Revocation{Kind: api.RefreshUser, Key: "s", Expires: time.Now().Add(time.Hour)})
		time.Sleep(time.Second)
		first := x.UserVersion("s")
		time.Sleep(5 * time.Second) // many polls whose overlap includes the row
		if got := x.UserVersion("s"); first == 0 || got != first {
			t.Errorf("got version %d, then %d; want the same", first, got)
		}
	})
}

func TestTail_staleness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text logtest.Buffer
		log := &fakeLog{}
		tail, _ := follow(t, log, session.TailConfig{Logger: slog.New(slog.NewTextHandler(&text, nil))})
		time.Sleep(time.Minute)
		if got := tail.Staleness(); got > 300*time.Millisecond {
			t.Errorf("got staleness %v while the log answers", got)
		}
		log.fail(errors.New("disk on fire"))
		time.Sleep(time.Minute) // 200 polls
		if got := tail.Staleness(); got < time.Minute {
			t.Errorf("got staleness %v after a minute of errors", got)
		}
		if got := text.Count("disk on fire"); got != 8 {
			t.Errorf("got %d log lines for 200 failures, want 8", got)
		}
		log.fail(nil)
		time.Sleep(time.Second)
		if got := tail.Staleness(); got > 300*time.Millisecond || text.Count("answers again") != 1 {
			t.Errorf("got staleness %v after recovery, log:\n%s", got, text.String())
		}
	})
}

func TestTail_sweepsIndexAndLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{}
		tail, x := follow(t, log, session.TailConfig{})
		log.revoke("j")
		time.Sleep(3*time.Hour + time.Second)
		tail.Close()
		if x.Len() != 0 {
			t.Error("an expired entry is still in the index")
		}
		if got := len(log.pruned); got != 37 {
			t.Errorf("got %d prunings in three hours, want one at the start and 36", got)
		}
	})
}

// After Sync the index has what was in the log before the call, without waiting for the
// next poll.
func TestTail_Sync(t *testing.T) {
	log, index := &fakeLog{}, session.NewIndex()
	tail, err := session.Follow(context.Background(), log, index, session.TailConfig{Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for i, sid := range []string{"a", "b", "c"} {
		if err := log.AppendRevocations(context.Background(), api.Revocation{Kind: api.RevokeSession, Key: sid}); err != nil {
			t.Fatal(err)
		}
		if err := tail.Sync(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, revoked := index.Revoked(&api.Identity{Proof: api.Proof{Session: sid}}); !revoked {
			t.Errorf("row %d was in the log before Sync and is not known after it", i)
		}
	}
	log.mu.Lock()
	log.err = errors.New("disk on fire")
	log.mu.Unlock()
	if err := tail.Sync(context.Background()); !errors.Is(err, log.err) {
		t.Errorf("a log that does not answer: Sync() = %v, want error %q", err, log.err)
	}
	tail.Close()
	if err := tail.Sync(context.Background()); err == nil {
		t.Error("a closed tail claims to be in step")
	}
}

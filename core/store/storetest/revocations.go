package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
)

// since returns all revocations after seq.
func since(t *testing.T, s store.Store, seq int64) []api.Revocation {
	t.Helper()
	rows, err := s.RevocationsSince(t.Context(), seq, time.Time{}, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func revoke(t *testing.T, s store.Store, keys ...string) {
	t.Helper()
	for _, k := range keys {
		if err := s.AppendRevocations(t.Context(), api.Revocation{Kind: api.RevokeToken, Key: k, At: moment}); err != nil {
			t.Fatal(err)
		}
	}
}

func keysOf(rows []api.Revocation) (keys []string) {
	for _, r := range rows {
		keys = append(keys, r.Key)
	}
	return keys
}

func revocationsKept(t *testing.T, s store.Store) {
	want := []api.Revocation{
		{Kind: api.RevokeSubject, Key: "u_alice", MinGen: 1<<63 - 1, At: moment, Expires: moment.Add(time.Hour), Reason: "it's \"why\"", Actor: "root"},
		{Kind: api.RevokeAll, At: moment},
	}
	if err := s.AppendRevocations(t.Context(), want...); err != nil {
		t.Fatal(err)
	}
	if err := s.AppendRevocations(t.Context()); err != nil {
		t.Errorf("appending nothing: %v", err)
	}
	want[0].Seq, want[1].Seq = 1, 2
	if diff := cmp.Diff(want, since(t, s, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func revocationPages(t *testing.T, s store.Store) {
	revoke(t, s, "a", "b", "c", "d", "e")
	for _, test := range []struct {
		after int64
		limit int
		want  []string
	}{{0, 2, []string{"a", "b"}}, {2, 2, []string{"c", "d"}}, {4, 2, []string{"e"}}, {5, 2, nil}, {0, 0, nil}} {
		rows, err := s.RevocationsSince(t.Context(), test.after, time.Time{}, test.limit)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, keysOf(rows)); diff != "" {
			t.Errorf("after %d, at most %d (-want +got):\n%s", test.after, test.limit, diff)
		}
	}
}

// revocationOverlap cannot set when rows were recorded, since that is the store's own
// clock: an hour ago is before all of them, an hour from now is after.
func revocationOverlap(t *testing.T, s store.Store) {
	revoke(t, s, "a", "b", "c")
	for name, test := range map[string]struct {
		overlap time.Time
		limit   int
		want    []string
	}{
		"all are recent":  {time.Now().Add(-time.Hour), 10, []string{"a", "b", "c"}},
		"at most two":     {time.Now().Add(-time.Hour), 2, []string{"a", "b"}},
		"none is recent":  {time.Now().Add(time.Hour), 10, []string{"c"}},
		"none is wanted":  {time.Now().Add(-time.Hour), 0, nil},
		"without overlap": {time.Time{}, 10, []string{"c"}},
	} {
		rows, err := s.RevocationsSince(t.Context(), 2, test.overlap, test.limit)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, keysOf(rows)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// revocationOrder reads while other goroutines write: a reader that follows seq with the
// overlap of the tail must see every row.
func revocationOrder(t *testing.T, s store.Store) {
	const workers, each = 8, 25
	var writers sync.WaitGroup
	for w := range workers {
		writers.Go(func() {
			for i := range each {
				revoke(t, s, fmt.Sprintf("%d/%d", w, i))
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	seen, last := map[string]bool{}, int64(0)
	for finished := false; !finished; {
		select {
		case <-done:
			finished = true // one more read, after the last write
		default:
		}
		rows, err := s.RevocationsSince(t.Context(), last, time.Now().Add(-10*time.Second), 10_000)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			if i > 0 && r.Seq <= rows[i-1].Seq {
				t.Fatalf("seq %d follows %d", r.Seq, rows[i-1].Seq)
			}
			seen[r.Key], last = true, max(last, r.Seq)
		}
	}
	if len(seen) != workers*each {
		t.Errorf("met %d rows, want %d", len(seen), workers*each)
	}
}

func revocationsPruned(t *testing.T, s store.Store) {
	rows := []api.Revocation{
		{Kind: api.RevokeToken, Key: "over", Expires: moment.Add(-time.Microsecond)},
		{Kind: api.RevokeToken, Key: "endless"},
		{Kind: api.RevokeToken, Key: "just over", Expires: moment.Add(-time.Microsecond)},
	}
	if err := s.AppendRevocations(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	n, err := s.PruneRevocations(t.Context(), moment)
	if err != nil || n != 2 {
		t.Errorf("pruned %d, %v, want 2", n, err)
	}
	revoke(t, s, "new")
	got := since(t, s, 0)
	if diff := cmp.Diff([]string{"endless", "new"}, keysOf(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[1].Seq != 4 {
		t.Errorf("got seq %d after pruning the last row, want 4: a seq must not be used twice", got[1].Seq)
	}
}

func counted(t *testing.T, s store.Store) {
	c, ok := s.(interface{ Queries() int64 })
	if !ok {
		t.Skip("this store counts no queries")
	}
	before := c.Queries()
	create(t, s, alice())
	afterWrite := c.Queries()
	s.UserByLogin(t.Context(), "alice")
	if afterWrite == before || c.Queries() == afterWrite {
		t.Errorf("got counts %d, %d, %d: a write and a read must each count", before, afterWrite, c.Queries())
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
}

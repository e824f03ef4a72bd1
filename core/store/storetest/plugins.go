package storetest

import (
	"bytes"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
)

// RunPlugins tests the store of plugin entries that open returns, which must be new and
// empty at each call.
func RunPlugins(t *testing.T, open func(t *testing.T) store.PluginEntries) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, store.PluginEntries)
	}{
		{"an entry lives until its end", entryLives},
		{"each plugin has entries of its own", entriesApart},
		{"a quota holds", entriesBounded},
		{"entries that have ended make room", entriesSwept},
		{"a quota holds after any number of changes", entriesMeasured},
		{"counting", entryCounted},
		{"counting what is not a number", entryUncountable},
		{"counting at the same time", entryCountedAtOnce},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

var roomy = api.PluginQuota{Entries: 10, Bytes: 1000}

func entry(plugin, key, value string, life time.Duration) api.PluginEntry {
	return api.PluginEntry{Plugin: plugin, Key: key, Value: []byte(value), Expires: moment.Add(life)}
}

func put(t *testing.T, s store.PluginEntries, e api.PluginEntry, now time.Time, q api.PluginQuota) {
	t.Helper()
	if err := s.PluginPut(t.Context(), e, now, q); err != nil {
		t.Fatalf("put %s: %v", e.Key, err)
	}
}

func holds(t *testing.T, s store.PluginEntries, plugin, key string, now time.Time, want string) {
	t.Helper()
	if got, err := s.PluginGet(t.Context(), plugin, key, now); err != nil || string(got) != want {
		t.Errorf("%s of %s: got %q, %v, want %q", key, plugin, got, err, want)
	}
}

func lacks(t *testing.T, s store.PluginEntries, plugin, key string, now time.Time) {
	t.Helper()
	if got, err := s.PluginGet(t.Context(), plugin, key, now); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("%s of %s: got %q, %v, want not found", key, plugin, got, err)
	}
}

func entryLives(t *testing.T, s store.PluginEntries) {
	value := []byte("a\x00\"é\xff")
	e := api.PluginEntry{Plugin: "p", Key: "k", Value: value, Expires: moment.Add(time.Second)}
	put(t, s, e, moment, roomy)
	kept := bytes.Clone(value)
	value[0] = 'b' // the store must have copied it is ours again
	holds(t, s, "p", "k", moment, string(kept))
	holds(t, s, "p", "k", moment.Add(time.Second-time.Microsecond), string(kept))
	lacks(t, s, "p", "k", moment.Add(time.Second))
	put(t, s, entry("p", "k", "", time.Hour), moment, roomy)
	holds(t, s, "p", "k", moment.Add(time.Minute), "")
}

func entriesApart(t *testing.T, s store.PluginEntries) {
	put(t, s, entry("p", "k", "p's", time.Hour), moment, api.PluginQuota{Entries: 1, Bytes: 10})
	lacks(t, s, "q", "k", moment)
	put(t, s, entry("q", "k", "q's", time.Hour), moment, api.PluginQuota{Entries: 1, Bytes: 10})
	holds(t, s, "p", "k", moment, "p's")
	holds(t, s, "q", "k", moment, "q's")
}

func entriesBounded(t *testing.T, s store.PluginEntries) {
	q := api.PluginQuota{Entries: 2, Bytes: 10}
	put(t, s, entry("p", "a", "1234", time.Hour), moment, q)
	put(t, s, entry("p", "b", "1234", time.Hour), moment, q)
	put(t, s, entry("p", "b", "5678", time.Hour), moment, q) // replaces an entry of the same size
	for _, e := range []api.PluginEntry{entry("p", "c", "", time.Hour), entry("p", "b", "12345", time.Hour)} {
		if err := s.PluginPut(t.Context(), e, moment, q); !errors.Is(err, api.ErrQuota) {
			t.Errorf("%s: got %v, want the quota", e.Key, err)
		}
	}
	if _, err := s.PluginIncr(t.Context(), entry("p", "n", "", time.Hour), 1, moment, q); !errors.Is(err, api.ErrQuota) {
		t.Errorf("counting: got %v, want the quota", err)
	}
	holds(t, s, "p", "b", moment, "5678")
}

func entriesSwept(t *testing.T, s store.PluginEntries) {
	q := api.PluginQuota{Entries: 1, Bytes: 10}
	put(t, s, entry("p", "old", "1234", time.Second), moment, q)
	put(t, s, entry("q", "old", "kept", time.Second), moment, q)
	put(t, s, entry("p", "new", "12345", time.Hour), moment.Add(time.Second), q)
	holds(t, s, "p", "new", moment, "12345")
	holds(t, s, "q", "old", moment, "kept")
}

// entriesMeasured makes random changes and computes what fits: the totals that the store
// keeps must not drift.
func entriesMeasured(t *testing.T, s store.PluginEntries) {
	q := api.PluginQuota{Entries: 8, Bytes: 60}
	random, kept := rand.New(rand.NewPCG(1, 2)), map[string]api.PluginEntry{}
	for i := range 400 {
		now := moment.Add(time.Duration(i) * time.Second)
		e := api.PluginEntry{
			Plugin: "p", Key: string(rune('a' + random.IntN(12))),
			Value: bytes.Repeat([]byte("x"), random.IntN(12)), Expires: now.Add(time.Duration(1+random.IntN(30)) * time.Second),
		}
		want := fitsIn(kept, e, now, q)
		if err := s.PluginPut(t.Context(), e, now, q); (err == nil) != want || err != nil && !errors.Is(err, api.ErrQuota) {
			t.Fatalf("change %d: got %v, want it to fit: %v", i, err, want)
		}
	}
}

// fitsIn adds the entry to kept if it fits, removing expired entries if necessary, and
// reports whether it did.
func fitsIn(kept map[string]api.PluginEntry, e api.PluginEntry, now time.Time, q api.PluginQuota) bool {
	fits := func() bool {
		n, size := 1, len(e.Key)+len(e.Value)
		for key, old := range kept {
			if key != e.Key {
				n, size = n+1, size+len(key)+len(old.Value)
			}
		}
		return n <= q.Entries && size <= q.Bytes
	}
	if !fits() {
		maps.DeleteFunc(kept, func(_ string, old api.PluginEntry) bool { return !now.Before(old.Expires) })
		if !fits() {
			return false
		}
	}
	kept[e.Key] = e
	return true
}

func entryCounted(t *testing.T, s store.PluginEntries) {
	for i, want := range []int64{2, 4, 6} {
		// Only the first call sets the lifetime of the counter.
		got, err := s.PluginIncr(t.Context(), entry("p", "n", "", time.Duration(i+1)*time.Minute), 2, moment, roomy)
		if err != nil || got != want {
			t.Fatalf("got %d, %v, want %d", got, err, want)
		}
	}
	holds(t, s, "p", "n", moment, "6")
	lacks(t, s, "p", "n", moment.Add(time.Minute))
	got, err := s.PluginIncr(t.Context(), entry("p", "n", "", time.Hour), -1, moment.Add(time.Minute), roomy)
	if err != nil || got != -1 {
		t.Errorf("after its end: got %d, %v, want -1", got, err)
	}
}

func entryUncountable(t *testing.T, s store.PluginEntries) {
	for value, by := range map[string]int64{
		"abc":                                1,
		"":                                   1,
		strconv.FormatInt(math.MaxInt64, 10): 1,
		strconv.FormatInt(math.MinInt64, 10): -1,
	} {
		put(t, s, entry("p", "k", value, time.Hour), moment, roomy)
		if n, err := s.PluginIncr(t.Context(), entry("p", "k", "", time.Hour), by, moment, roomy); !errors.Is(err, api.ErrConflict) {
			t.Errorf("%q by %d: got %d, %v, want a conflict", value, by, n, err)
		}
		holds(t, s, "p", "k", moment, value)
	}
}

func entryCountedAtOnce(t *testing.T, s store.PluginEntries) {
	const each = 8
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range each {
				if _, err := s.PluginIncr(t.Context(), entry("p", "n", "", time.Hour), 1, moment, roomy); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	holds(t, s, "p", "n", moment, strconv.Itoa(4*each))
}

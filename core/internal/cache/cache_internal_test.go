package cache

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

func openCache(t *testing.T, entries int) *Cache {
	t.Helper()
	c, err := New(entries, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *Cache) len() (n int) {
	for i := range c.slots {
		if c.slots[i].Load() != nil {
			n++
		}
	}
	return n
}

func bearerKey(text string) Key { return Key{kind: api.Bearer, text: text} }

func TestCache_isBounded(t *testing.T) {
	for _, entries := range []int{-1, 1, 7, 8, 9, 1000} {
		c := openCache(t, entries)
		for i := range 5000 {
			c.Put(&Entry{Key: bearerKey(fmt.Sprint(i))})
		}
		if n := c.len(); n > max(entries, 0) || entries > 0 && n < entries/2 {
			t.Errorf("a cache of %d entries holds %d", entries, n)
		}
	}
}

func TestCache_remembers(t *testing.T) {
	c := openCache(t, 8) // one set
	e := &Entry{Key: bearerKey("a")}
	c.Put(e)
	if got := c.Get(bearerKey("a")); got != e {
		t.Errorf("got %v, want the entry", got)
	}
	for _, k := range []Key{bearerKey("b"), bearerKey(""), {kind: api.APIKeyKind, text: "a"}, {kind: api.Bearer, text: "a", directory: "other"}} {
		if got := c.Get(k); got != nil {
			t.Errorf("%+v: got another's entry", k)
		}
	}
	later := &Entry{Key: bearerKey("a")}
	c.Put(later)
	if got := c.Get(bearerKey("a")); got != later || c.len() != 1 {
		t.Errorf("replaced: got %p of %d entries, want %p of 1", got, c.len(), later)
	}
	if c.Forget(bearerKey("b")); c.Get(bearerKey("a")) != later {
		t.Error("removing an entry removed one with another key")
	}
	c.Forget(bearerKey("a"))
	if c.Get(bearerKey("a")) != nil || c.len() != 0 {
		t.Error("a removed entry is still in the cache")
	}
}

// TestCache_isBoundedInBytes: a long credential is not cached.
func TestCache_isBoundedInBytes(t *testing.T) {
	for length, want := range map[int]int{1: 1, maxCachedText: 1, maxCachedText + 1: 0, 64 << 10: 0} {
		c := openCache(t, 8)
		c.Put(&Entry{Key: bearerKey(strings.Repeat("x", length))})
		if got := c.len(); got != want {
			t.Errorf("a credential of %d bytes takes %d entries, want %d", length, got, want)
		}
	}
}

// TestCache_isBoundedByCredential: one credential used under many circumstances takes a few
// entries, none of them long.
func TestCache_isBoundedByCredential(t *testing.T) {
	for _, kind := range []api.Kind{api.Basic, api.Bearer, api.APIKeyKind} {
		for what, change := range map[string]func(*circumstances, string){
			"agent": func(s *circumstances, text string) { s.Agent = text + strings.Repeat("z", 3500) },
			"host":  func(s *circumstances, text string) { s.Host = text },
			"peer":  func(s *circumstances, text string) { s.Peer = netip.MustParseAddr("2001:db8::" + text) },
		} {
			c, found := openCache(t, 10_000), 0
			cred := api.Credential{Kind: kind, Text: strings.Repeat("x", 400)}
			for i := range 5000 {
				var seen circumstances
				change(&seen, fmt.Sprint(i))
				c.Put(&Entry{Key: c.KeyAt(&cred, "", &seen)})
				if e := c.Get(c.KeyAt(&cred, "", &seen)); e != nil {
					found++
				}
			}
			if n := c.len(); n > seenSets*cacheWays || found != 5000 {
				t.Errorf("%v, by %s: %d entries, and %d of 5000 were found at once", kind, what, n, found)
			}
			for i := range c.slots {
				if e := c.slots[i].Load(); e != nil && len(e.Key.text) > 400 {
					t.Fatalf("%v, by %s: the key has %d bytes", kind, what, len(e.Key.text))
				}
			}
		}
	}
}

// Entries in use survive any number of credentials that are used once.
func TestCache_keepsWhatIsUsed(t *testing.T) {
	c := openCache(t, 8) // one set
	for _, k := range []string{"a", "b", "c"} {
		c.Put(&Entry{Key: bearerKey(k)})
	}
	lost := 0
	for i := range 1000 {
		for _, k := range []string{"a", "b", "c"} {
			if c.Get(bearerKey(k)) == nil {
				lost++
				c.Put(&Entry{Key: bearerKey(k)})
			}
		}
		c.Put(&Entry{Key: bearerKey(fmt.Sprint("once", i))})
	}
	if lost > 0 {
		t.Errorf("%d of 3000 uses found nothing", lost)
	}
}

func TestCache_hidesPasswords(t *testing.T) {
	c, other := openCache(t, 8), openCache(t, 8)
	basic := api.Credential{Kind: api.Basic, Text: strings.Repeat("YWxpY2U6c2VjcmV0", 30)}
	k := c.Key(&basic, "")
	if k.text != "" || k.digest == ([32]byte{}) || k.digest == other.Key(&basic, "").digest {
		t.Errorf("got the key %+v, want a digest of this cache's own instead of the text", k)
	}
	if k != c.Key(&basic, "") {
		t.Error("the same credential has two keys")
	}
	changed := basic
	changed.Text = changed.Text[:len(changed.Text)-1] + "A"
	if k == c.Key(&changed, "") {
		t.Error("two credentials have the same key")
	}
}

func TestCache_concurrent(t *testing.T) {
	c := openCache(t, 16)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 2000 {
				k := bearerKey(fmt.Sprint((i*7 + g) % 40))
				if e := c.Get(k); e != nil && e.Key != k {
					t.Errorf("asked for %q, got %q", k.text, e.Key.text)
				}
				if i%3 == 0 {
					c.Forget(k)
				}
				c.Put(&Entry{Key: k})
			}
		})
	}
	wg.Wait()
	if n := c.len(); n > 16 {
		t.Errorf("%d entries, want 16 at most", n)
	}
}

// TestCache_givesUp: a full set evicts entries that were not used recently; if all were, it
// evicts one that is not the newest.
func TestCache_givesUp(t *testing.T) {
	for idle := range cacheWays {
		c := openCache(t, cacheWays)
		for i := range cacheWays {
			c.Put(&Entry{Key: bearerKey(fmt.Sprint(i))})
		}
		for i := range cacheWays {
			if i != idle {
				c.Get(bearerKey(fmt.Sprint(i)))
			}
		}
		c.Put(&Entry{Key: bearerKey("new")})
		for i := range cacheWays {
			if known := c.Get(bearerKey(fmt.Sprint(i))) != nil; known == (i == idle) {
				t.Errorf("%d is idle, and %d is known: %v", idle, i, known)
			}
		}
		c.Get(bearerKey("new"))
		c.Put(&Entry{Key: bearerKey("newer")})
		c.Put(&Entry{Key: bearerKey("newest")})
		if c.Get(bearerKey("newer")) == nil || c.Get(bearerKey("newest")) == nil {
			t.Error("the newest entry was removed")
		}
	}
}

// TestCacheKeys_tellApart tests the same for cache keys.
func TestCacheKeys_tellApart(t *testing.T) {
	c := openCache(t, 8)
	type shown struct {
		cred      api.Credential
		directory string
		seen      circumstances
	}
	for _, kind := range []api.Kind{api.Basic, api.Bearer} {
		differ(t, kind.String(), map[string]func(*shown){
			"":          func(*shown) {},
			"text":      func(s *shown) { s.cred.Text = "u" },
			"directory": func(s *shown) { s.directory = "shop" },
			"dialects":  func(s *shown) { s.seen.Dialects = "s" },
			"host":      func(s *shown) { s.seen.Host = "h" },
			"agent":     func(s *shown) { s.seen.Agent = "a" },
			"moved":     func(s *shown) { s.seen.Agent = "h" },
			"peer":      func(s *shown) { s.seen.Peer = netip.MustParseAddr("192.0.2.1") },
		}, func(change func(*shown)) any {
			s := shown{cred: api.Credential{Kind: kind, Text: "t"}}
			change(&s)
			return c.KeyAt(&s.cred, s.directory, &s.seen)
		})
	}
	basic, token := api.Credential{Kind: api.Basic, Text: "t"}, api.Credential{Kind: api.Bearer, Text: "t"}
	if c.Key(&basic, "") == c.Key(&token, "") || c.Key(&token, "") == c.KeyAt(&token, "", &circumstances{}) {
		t.Error("entries of different kinds or places share a key")
	}
}

// TestCircumstances_NUL: no text from a client can be read as two.
func TestCircumstances_NUL(t *testing.T) {
	a := circumstances{Host: "a", Agent: "b\x00c"}
	b := circumstances{Host: "a\x00b", Agent: "c"}
	if bytes.Equal(a.appendTo(nil), b.appendTo(nil)) {
		t.Error("they have one key")
	}
}

// differ fails the test unless each change gives a key of its own, the same each time.
func differ[T any](t *testing.T, what string, changes map[string]func(*T), key func(func(*T)) any) {
	t.Helper()
	seen := map[any]string{}
	for name, change := range changes {
		k := key(change)
		if k != key(change) {
			t.Errorf("%s: %q has two keys", what, name)
		}
		if other, taken := seen[k]; taken {
			t.Errorf("%s: %q and %q are one", what, name, other)
		}
		seen[k] = name
	}
}

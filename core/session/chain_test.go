package session_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/sqlite"
)

func stores(t *testing.T) map[string]store.Store {
	t.Helper()
	file, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "cardea.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return map[string]store.Store{"memory": memory.New(), "sqlite": file}
}

// TestFamilies_64AtOnce refreshes one token 64 times at the same time.
func TestFamilies_64AtOnce(t *testing.T) {
	for name, s := range stores(t) {
		t.Run(name, func(t *testing.T) {
			f := session.New(s, session.Config{Grace: time.Hour})
			first, family, err := f.Begin(t.Context(), session.NewSession{Subject: "u"})
			if err != nil {
				t.Fatal(err)
			}
			fresh, successors := together(t, f, first, 64)
			if fresh != 1 || len(successors) != 1 {
				t.Fatalf("got %d first uses and %d successors, want one of each", fresh, len(successors))
			}
			if live, err := f.Live(t.Context(), "u", 10); err != nil || len(live) != 1 || live[0].ID != family.ID {
				t.Errorf("got live sessions %v, %v, want one", live, err)
			}
			for next := range successors { // and the chain goes on
				if fresh, successors := together(t, f, next, 64); fresh != 1 || len(successors) != 1 {
					t.Errorf("second link: got %d first uses and %d successors, want 1 and 1 entry", fresh, len(successors))
				}
			}
		})
	}
}

func together(t *testing.T, f *session.Sessions, token api.Secret, callers int) (fresh int, successors map[api.Secret]bool) {
	t.Helper()
	var all sync.WaitGroup
	var mu sync.Mutex
	successors = map[api.Secret]bool{}
	for range callers {
		all.Go(func() {
			r, err := f.Rotate(t.Context(), token.Reveal(), session.RotateOptions{})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			successors[r.Text] = true
			if !r.Repeated {
				fresh++
			}
		})
	}
	all.Wait()
	return fresh, successors
}

// TestFamilies_reuseAtOnce uses a stolen token and the current one at the same time: in any
// order the session ends and is revoked.
func TestFamilies_reuseAtOnce(t *testing.T) {
	for name, s := range stores(t) {
		t.Run(name, func(t *testing.T) {
			x := session.NewIndex()
			f := session.New(s, session.Config{Grace: -1, Index: x})
			first, family, err := f.Begin(t.Context(), session.NewSession{Subject: "u"})
			if err != nil {
				t.Fatal(err)
			}
			second, err := f.Rotate(t.Context(), first.Reveal(), session.RotateOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var all sync.WaitGroup
			for _, text := range []api.Secret{first, second.Text, first, second.Text} {
				all.Go(func() { f.Rotate(t.Context(), text.Reveal(), session.RotateOptions{}) })
			}
			all.Wait()
			got, err := f.Session(t.Context(), family.ID)
			if err != nil || got.Ended.IsZero() {
				t.Errorf("got %+v, %v, want it ended", got, err)
			}
			if _, revoked := x.Revoked(&api.Identity{Proof: api.Proof{Session: family.ID}}); !revoked {
				t.Error("the index does not know")
			}
			if rows, _ := s.RevocationsSince(t.Context(), 0, time.Time{}, 10); len(rows) != 1 {
				t.Errorf("got %d revocations, want one", len(rows))
			}
		})
	}
}

// chain is the model's state of one session.
type chain struct {
	id       string
	client   string
	tokens   []string    // oldest first
	used     []time.Time // when each token but the last was used
	expires  []time.Time
	end      time.Time
	finished bool
}

// TestFamilies_machine runs random logins, refreshes with any token ever issued, logouts
// and delays, and compares them with a small model.
func TestFamilies_machine(t *testing.T) {
	const grace, idle, absolute = 20 * time.Second, time.Hour, 3 * time.Hour
	rapid.Check(t, func(t *rapid.T) {
		now := moment
		f := session.New(memory.New(), session.Config{
			Grace: grace, Idle: idle, Absolute: absolute, Now: func() time.Time { return now },
		})
		var chains []*chain
		pick := func(t *rapid.T) *chain {
			if len(chains) == 0 {
				t.Skip("no session yet")
			}
			return rapid.SampledFrom(chains).Draw(t, "chain")
		}
		expiry := func(c *chain) time.Time {
			if e := now.Add(idle); e.Before(c.end) {
				return e
			}
			return c.end
		}
		t.Repeat(map[string]func(*rapid.T){
			"login": func(t *rapid.T) {
				client := rapid.SampledFrom([]string{"", "app"}).Draw(t, "client")
				text, s, err := f.Begin(t.Context(), session.NewSession{Subject: "u", Client: client})
				if err != nil {
					t.Fatal(err)
				}
				c := &chain{id: s.ID, client: client, tokens: []string{text.Reveal()}, end: now.Add(absolute)}
				c.expires = append(c.expires, expiry(c))
				chains = append(chains, c)
			},
			"refresh": func(t *rapid.T) {
				c := pick(t)
				i := rapid.IntRange(0, len(c.tokens)-1).Draw(t, "token")
				client := rapid.SampledFrom([]string{c.client, c.client, "thief"}).Draw(t, "client")
				want := c.expect(i, client, now, grace)
				r, err := f.Rotate(t.Context(), c.tokens[i], session.RotateOptions{Client: client})
				if got := api.ReasonOf(err); got != want {
					t.Fatalf("token %d of %d: got %q, want %q", i, len(c.tokens), got, want)
				}
				switch {
				case want == api.ReasonRefreshReused:
					c.finished = true
				case want == "" && i < len(c.tokens)-1:
					if r.Text.Reveal() != c.tokens[i+1] {
						t.Fatal("the family forked")
					}
				case want == "":
					c.tokens, c.used = append(c.tokens, r.Text.Reveal()), append(c.used, r.Session.Used)
					c.expires = append(c.expires, expiry(c))
				}
			},
			"logout": func(t *rapid.T) {
				c := pick(t)
				if _, err := f.End(t.Context(), c.id, "logout", "u"); err != nil {
					t.Fatal(err)
				}
				c.finished = true
			},
			"wait": func(t *rapid.T) {
				now = now.Add(rapid.SampledFrom([]time.Duration{time.Microsecond, time.Second, grace, grace + 1000, 20 * time.Minute, idle}).Draw(t, "time"))
			},
			"": func(t *rapid.T) {
				live, err := f.Live(t.Context(), "u", 1000)
				want := 0
				for _, c := range chains {
					if !c.finished && now.Before(c.expires[len(c.expires)-1]) {
						want++
					}
				}
				if err != nil || len(live) != want {
					t.Fatalf("got %d live sessions, %v, want %d", len(live), err, want)
				}
			},
		})
	})
}

// expect returns the reason for which a token must be refused, or "".
func (c *chain) expect(i int, client string, now time.Time, grace time.Duration) string {
	used := i < len(c.tokens)-1
	switch {
	case c.finished:
		return api.ReasonRefreshEnded
	case !now.Before(c.expires[i]):
		return api.ReasonRefreshExpired
	case !used && client != c.client:
		return api.ReasonRefreshClient
	case used && (client != c.client || now.Sub(c.used[i]) >= grace || i < len(c.tokens)-2):
		return api.ReasonRefreshReused
	}
	return ""
}

func ExampleNew() {
	f := session.New(memory.New(), session.Config{})
	ctx := context.Background()
	first, s, _ := f.Begin(ctx, session.NewSession{Subject: "u_alice"})
	second, _ := f.Rotate(ctx, first.Reveal(), session.RotateOptions{})
	again, _ := f.Rotate(ctx, first.Reveal(), session.RotateOptions{}) // the answer was lost
	fmt.Println(s.Subject, second.Text != first, again.Text == second.Text, first)
	// Output: u_alice true true [redacted]
}

func BenchmarkFamilies_Rotate(b *testing.B) {
	file, err := sqlite.Open(b.Context(), sqlite.Config{Path: filepath.Join(b.TempDir(), "cardea.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	for name, s := range map[string]store.Store{"memory": memory.New(), "sqlite": file} {
		b.Run(name, func(b *testing.B) {
			f := session.New(s, session.Config{})
			text, _, err := f.Begin(b.Context(), session.NewSession{Subject: "u"})
			for b.Loop() && err == nil {
				var r session.Rotated
				r, err = f.Rotate(b.Context(), text.Reveal(), session.RotateOptions{})
				text = r.Text
			}
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}

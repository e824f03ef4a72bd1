package session_test

import (
	"fmt"
	"math"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

var moment = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestIndex_revoked(t *testing.T) {
	later, earlier := moment.Add(time.Second), moment.Add(-time.Second)
	token := func(change func(*api.Identity)) api.Identity {
		id := api.Identity{Subject: "s", Gen: 3, Client: "c", Proof: api.Proof{
			TokenID: "j", Session: "f", KeyID: "k", APIKey: "a", IssuedAt: moment,
		}}
		change(&id)
		return id
	}
	same := func(*api.Identity) {}
	for name, test := range map[string]struct {
		row  api.Revocation
		id   api.Identity
		want api.RevocationKind
	}{
		"token":                    {api.Revocation{Kind: api.RevokeToken, Key: "j"}, token(same), api.RevokeToken},
		"other token":              {api.Revocation{Kind: api.RevokeToken, Key: "J"}, token(same), ""},
		"key of another kind":      {api.Revocation{Kind: api.RevokeToken, Key: "f"}, token(same), ""},
		"session":                  {api.Revocation{Kind: api.RevokeSession, Key: "f"}, token(same), api.RevokeSession},
		"API key":                  {api.Revocation{Kind: api.RevokeAPIKey, Key: "a"}, token(same), api.RevokeAPIKey},
		"signing key":              {api.Revocation{Kind: api.RevokeKey, Key: "k"}, token(same), api.RevokeKey},
		"generation below":         {api.Revocation{Kind: api.RevokeSubject, Key: "s", MinGen: 4, At: earlier}, token(same), api.RevokeSubject},
		"generation lives":         {api.Revocation{Kind: api.RevokeSubject, Key: "s", MinGen: 3, At: later}, token(same), ""},
		"every generation":         {api.Revocation{Kind: api.RevokeSubject, Key: "s", MinGen: math.MaxInt64}, token(same), api.RevokeSubject},
		"no generation, issued at": {api.Revocation{Kind: api.RevokeSubject, Key: "s", MinGen: 9, At: moment}, token(func(id *api.Identity) { id.Proof.NoGen = true }), api.RevokeSubject},
		"no generation, after":     {api.Revocation{Kind: api.RevokeSubject, Key: "s", MinGen: 9, At: earlier}, token(func(id *api.Identity) { id.Proof.NoGen = true }), ""},
		"no generation, no age":    {api.Revocation{Kind: api.RevokeSubject, Key: "s", MinGen: 9, At: earlier}, token(func(id *api.Identity) { id.Proof.NoGen, id.Proof.IssuedAt = true, time.Time{} }), api.RevokeSubject},
		"row without generation":   {api.Revocation{Kind: api.RevokeSubject, Key: "s", At: later}, token(same), api.RevokeSubject},
		"user read anew":           {api.Revocation{Kind: api.RefreshUser, Key: "s", MinGen: 9, At: later}, token(same), ""},
		"client":                   {api.Revocation{Kind: api.RevokeClient, Key: "c", At: later}, token(same), api.RevokeClient},
		"client, issued after":     {api.Revocation{Kind: api.RevokeClient, Key: "c", At: earlier}, token(same), ""},
		"all":                      {api.Revocation{Kind: api.RevokeAll, At: moment}, token(same), api.RevokeAll},
		"all, issued after":        {api.Revocation{Kind: api.RevokeAll, At: earlier}, token(same), ""},
		"all, a password":          {api.Revocation{Kind: api.RevokeAll, At: later}, api.Identity{Subject: "s"}, ""},
		"no key names nothing":     {api.Revocation{Kind: api.RevokeToken}, api.Identity{}, ""},
		"no subject":               {api.Revocation{Kind: api.RevokeSubject, MinGen: 9}, api.Identity{}, ""},
		"unknown kind":             {api.Revocation{Kind: "tenant", Key: "s"}, token(same), ""},
	} {
		t.Run(name, func(t *testing.T) {
			x := session.NewIndex()
			if kind, ok := x.Revoked(&test.id); ok {
				t.Fatalf("an empty index revokes by %q", kind)
			}
			x.Apply(test.row, test.row)
			got, ok := x.Revoked(&test.id)
			if got != test.want || ok != (test.want != "") {
				t.Errorf("got %q, %v, want %q", got, ok, test.want)
			}
		})
	}
}

// model is a straightforward implementation of the index.
type model struct{ rows []api.Revocation }

func (m model) revoked(id api.Identity, now time.Time) bool {
	for _, r := range m.rows {
		if r.Expires.After(now) && m.hits(r, id) {
			return true
		}
	}
	return false
}

func (model) hits(r api.Revocation, id api.Identity) bool {
	before := !id.Proof.IssuedAt.After(r.At)
	switch r.Kind {
	case api.RevokeToken:
		return r.Key == id.Proof.TokenID
	case api.RevokeSession:
		return r.Key == id.Proof.Session
	case api.RevokeAPIKey:
		return r.Key == id.Proof.APIKey
	case api.RevokeKey:
		return r.Key == id.Proof.KeyID
	case api.RevokeClient:
		return r.Key == id.Client && before
	case api.RevokeSubject:
		if r.Key != id.Subject {
			return false
		}
		if id.Proof.NoGen || r.MinGen == 0 {
			return before
		}
		return id.Gen < r.MinGen
	case api.RevokeAll:
		return before
	}
	return false
}

// TestIndex_model applies and expires rows and compares the index with the model. An entry
// may be kept longer than its row, by minutes or with a longer row for the same key, so the
// index may revoke more than the model, but only what some row once revoked.
func TestIndex_model(t *testing.T) {
	kinds := []api.RevocationKind{
		api.RevokeToken, api.RevokeSession, api.RevokeSubject, api.RefreshUser,
		api.RevokeClient, api.RevokeAPIKey, api.RevokeKey, api.RevokeAll,
	}
	key := rapid.StringMatching(`[a-c][0-9]{0,2}`)
	seconds := rapid.IntRange(0, 600)
	rapid.Check(t, func(t *rapid.T) {
		x, m, now := session.NewIndex(), model{}, moment
		t.Repeat(map[string]func(*rapid.T){
			"apply": func(t *rapid.T) {
				for range rapid.IntRange(1, 30).Draw(t, "rows") {
					r := api.Revocation{
						Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Key: key.Draw(t, "key"),
						MinGen: rapid.Int64Range(0, 5).Draw(t, "gen"),
						At:     moment.Add(time.Duration(seconds.Draw(t, "at")) * time.Second),
					}
					r.Expires = now.Add(time.Duration(seconds.Draw(t, "life")) * time.Second)
					m.rows = append(m.rows, r)
					x.Apply(r)
				}
			},
			"expire": func(t *rapid.T) {
				now = now.Add(time.Duration(seconds.Draw(t, "pass")) * time.Second)
				x.Expire(now)
			},
			"": func(t *rapid.T) {
				id := api.Identity{
					Subject: key.Draw(t, "sub"), Client: key.Draw(t, "client"), Gen: rapid.Int64Range(0, 5).Draw(t, "gen"),
					Proof: api.Proof{
						TokenID: key.Draw(t, "jti"), Session: key.Draw(t, "sid"),
						APIKey: key.Draw(t, "api key"), KeyID: key.Draw(t, "kid"),
						NoGen:    rapid.Bool().Draw(t, "no gen"),
						IssuedAt: moment.Add(time.Duration(seconds.Draw(t, "iat")) * time.Second),
					},
				}
				_, got := x.Revoked(&id)
				if must := m.revoked(id, now); must && !got {
					t.Fatalf("revoked by the model, not by the index: %+v", id)
				}
				if may := m.revoked(id, time.Time{}); got && !may {
					t.Fatalf("revoked by the index, never by any row: %+v", id)
				}
			},
		})
	})
}

func TestIndex_expire(t *testing.T) {
	x := session.NewIndex()
	for i := range 10_000 {
		x.Apply(api.Revocation{Kind: api.RevokeToken, Key: strconv.Itoa(i), Expires: moment.Add(time.Duration(i%2) * time.Hour)})
	}
	x.Apply(api.Revocation{Kind: api.RevokeToken, Key: "for ever"})
	if got := x.Len(); got != 10_001 {
		t.Fatalf("got %d entries, want 10001", got)
	}
	x.Expire(moment.Add(2 * time.Minute))
	if got := x.Len(); got != 5_001 {
		t.Errorf("got %d entries after half expired, want 5001", got)
	}
	for i := range 10_000 {
		_, got := x.Revoked(&api.Identity{Proof: api.Proof{TokenID: strconv.Itoa(i)}})
		if want := i%2 == 1; got != want {
			t.Fatalf("token %d: got revoked %v, want %v", i, got, want)
		}
	}
	x.Expire(moment.Add(24 * 365 * time.Hour))
	if _, ok := x.Revoked(&api.Identity{Proof: api.Proof{TokenID: "for ever"}}); !ok || x.Len() != 1 {
		t.Errorf("got %d entries, revoked %v; want only the one without an end", x.Len(), ok)
	}
}

func TestIndex_aLongerRowExtendsAShorterOne(t *testing.T) {
	x := session.NewIndex()
	for _, life := range []time.Duration{time.Minute, time.Hour, time.Minute} {
		x.Apply(api.Revocation{Kind: api.RevokeToken, Key: "j", Expires: moment.Add(life)})
	}
	x.Expire(moment.Add(30 * time.Minute))
	if x.Len() != 1 {
		t.Error("the entry went with its shorter row")
	}
}

// TestIndex_Holds: a row is known if one for the same kind and key lasts as long.
func TestIndex_Holds(t *testing.T) {
	kinds := []api.RevocationKind{api.RevokeToken, api.RevokeSession, api.RevokeAPIKey, api.RevokeKey}
	for _, kind := range kinds {
		x := session.NewIndex()
		row := func(kind api.RevocationKind, key string, life time.Duration) *api.Revocation {
			return &api.Revocation{Kind: kind, Key: key, Expires: moment.Add(life)}
		}
		if x.Holds(row(kind, "k", time.Hour)) {
			t.Errorf("%s: held before it was applied", kind)
		}
		x.Apply(*row(kind, "k", time.Hour))
		for life, want := range map[time.Duration]bool{time.Minute: true, time.Hour: true, 2 * time.Hour: false} {
			if x.Holds(row(kind, "k", life)) != want {
				t.Errorf("%s for %v: want held: %v", kind, life, want)
			}
		}
		for _, other := range append(kinds, api.RevokeSubject, api.RevokeClient, api.RevokeAll) {
			if other != kind && x.Holds(row(other, "k", time.Hour)) {
				t.Errorf("%s is held by a row of %s", other, kind)
			}
		}
		if x.Holds(row(kind, "other", time.Hour)) {
			t.Errorf("%s: another key is held", kind)
		}
	}
}

func TestIndex_versions(t *testing.T) {
	x := session.NewIndex()
	row := func(kind api.RevocationKind, sub string) api.Revocation {
		return api.Revocation{Kind: kind, Key: sub, MinGen: 2, At: moment, Expires: moment.Add(time.Minute)}
	}
	last := x.UserVersion("s")
	grown := func(what string, want bool) {
		t.Helper()
		now := x.UserVersion("s")
		if (now > last) != want || now < last {
			t.Errorf("%s: version from %d to %d, want growth %v", what, last, now, want)
		}
		last = now
	}
	x.Apply(row(api.RefreshUser, "s"))
	grown("refresh", true)
	x.Apply(row(api.RefreshUser, "s"))
	grown("refresh in the same moment", true)
	x.Apply(row(api.RevokeSubject, "s"))
	grown("revoke", true)
	x.Apply(api.Revocation{Kind: api.RevokeToken, Key: "s"})
	grown("a token", false)
	x.Expire(moment.Add(time.Hour))
	grown("expiry", false)
	x.Apply(row(api.RefreshUser, "s"))
	grown("refresh after expiry", true)
}

func TestIndex_generation(t *testing.T) {
	x := session.NewIndex()
	r := api.Revocation{Kind: api.RevokeToken, Key: "j"}
	x.Apply(r)
	first := x.Generation()
	if first == 0 {
		t.Error("a new row did not grow the generation")
	}
	x.Apply(r, api.Revocation{Kind: "unknown", Key: "j"})
	if got := x.Generation(); got != first {
		t.Errorf("got generation %d after nothing new, want %d", got, first)
	}
	x.Apply(api.Revocation{Kind: api.RevokeAll, At: moment})
	if got := x.Generation(); got <= first {
		t.Errorf("got generation %d after a row for all, want more than %d", got, first)
	}
}

// TestIndex_concurrent reads during growth and expiry: a row that was applied and has not
// expired must never be missed.
func TestIndex_concurrent(t *testing.T) {
	const writers, rows = 4, 5_000
	x := session.NewIndex()
	var done sync.WaitGroup
	for w := range writers {
		done.Go(func() {
			for i := range rows {
				key := fmt.Sprintf("%d/%d", w, i)
				x.Apply(
					api.Revocation{Kind: api.RevokeToken, Key: key, Expires: moment.Add(time.Hour)},
					api.Revocation{Kind: api.RevokeToken, Key: "short" + key, Expires: moment.Add(-time.Hour)},
					api.Revocation{Kind: api.RevokeSubject, Key: strconv.Itoa(i % 7), MinGen: int64(i), Expires: moment.Add(time.Hour)},
				)
				if _, ok := x.Revoked(&api.Identity{Proof: api.Proof{TokenID: key}}); !ok {
					t.Errorf("token %s is missed", key)
					return
				}
				if i%500 == 0 {
					x.Expire(moment)
				}
			}
		})
	}
	done.Wait()
	x.Expire(moment)
	if got, want := x.Len(), writers*rows+7; got != want {
		t.Errorf("got %d entries, want %d", got, want)
	}
	for sub := range 7 {
		id := api.Identity{Subject: strconv.Itoa(sub), Gen: rows - 8}
		if _, ok := x.Revoked(&id); !ok {
			t.Errorf("subject %d: the highest generation was lost", sub)
		}
	}
}

func TestIndex_checksAllocateNothing(t *testing.T) {
	x := filled(1_000)
	id := typical("4f1c2f5e-1f80-4d3c-9a54-1d3a2b6c7d8e")
	if n := testing.AllocsPerRun(100, func() { x.Revoked(&id); x.UserVersion(id.Subject) }); n != 0 {
		t.Errorf("got %v allocations per check, want none", n)
	}
}

func ExampleIndex() {
	x := session.NewIndex()
	x.Apply(api.Revocation{Kind: api.RevokeSubject, Key: "u_1", MinGen: 2})
	old := api.Identity{Subject: "u_1", Gen: 1}
	fmt.Println(x.Revoked(&old))
	// Output: sub true
}

// filled returns an index of n revoked tokens and a few rows of other kinds.
func filled(n int) *session.Index {
	x := session.NewIndex()
	for i := range n {
		x.Apply(api.Revocation{Kind: api.RevokeToken, Key: fmt.Sprintf("%08x-1f80-4d3c-9a54-%012x", i, i), Expires: moment.Add(time.Hour)})
	}
	for i := range 1000 {
		x.Apply(api.Revocation{Kind: api.RevokeSubject, Key: strconv.Itoa(i), MinGen: 2, Expires: moment.Add(time.Hour)})
	}
	return x
}

func typical(jti string) api.Identity {
	return api.Identity{Subject: "u_7Qm2mJc0T2yq0b1nXkq3Ww", Gen: 1, Client: "web", Proof: api.Proof{
		TokenID: jti, Session: "8f14e45fceea167a5a36", KeyID: "2026-03", IssuedAt: moment,
	}}
}

func BenchmarkIndexRevoked(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		for _, what := range []string{"token", "identity"} {
			b.Run(fmt.Sprintf("%s/%d", what, n), func(b *testing.B) { benchmarkRevoked(b, n, what == "identity") })
		}
	}
}

// benchmarkRevoked looks up tokens that are not revoked, a different one each time, so that
// the processor's cache does not hold the entries.
func benchmarkRevoked(b *testing.B, n int, whole bool) {
	before := heap()
	x := filled(n)
	mb := float64(heap()-before) / 1e6
	tokens := make([]string, 1<<14)
	for i := range tokens {
		tokens[i] = fmt.Sprintf("%08x-0000-4d3c-9a54-%012x", i, i)
	}
	id := api.Identity{}
	if whole {
		id = typical("")
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		id.Proof.TokenID = tokens[i&(len(tokens)-1)]
		if _, ok := x.Revoked(&id); ok {
			b.Fatal("revoked")
		}
	}
	b.ReportMetric(mb, "MB")
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

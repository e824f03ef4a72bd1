package core_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// BenchmarkDecide measures a decision for each kind of credential, both without a cache
// ("first") and with a cached result ("repeat"). The first decision for Basic hashes a
// password, here at a thousandth of the real cost.
func BenchmarkDecide(b *testing.B) {
	for _, kind := range []string{"basic", "apikey", "hs256", "rs256", "es256", "eddsa"} {
		b.Run(kind+"/first", func(b *testing.B) { benchmarkDecide(b, kind, -1) })
		b.Run(kind+"/repeat", func(b *testing.B) { benchmarkDecide(b, kind, 0) })
	}
}

// BenchmarkDecide_hooked measures a cached decision while a login hook is bound, so that
// the cache key also includes host and client.
func BenchmarkDecide_hooked(b *testing.B) {
	for _, kind := range []string{"basic", "hs256"} {
		b.Run(kind, func(b *testing.B) {
			benchmarkDecide(b, kind, 0, func(c *core.Config) {
				c.Policy.Hooks = core.NewHooks()
				c.Policy.Hooks.LoginAfter.Bind("x", func(_ context.Context, r core.LoginResult) (core.LoginResult, error) { return r, nil })
			})
		})
	}
}

func benchmarkDecide(b *testing.B, kind string, entries int, change ...func(*core.Config)) {
	h := newTestEngine(b, func(c *core.Config) {
		for _, f := range change {
			f(c)
		}
		c.CacheEntries = entries
		c.Now = nil
		c.Keys = benchmarkKeys(b, kind)
	})
	a := get("/api/orders/17?page=2", h.credential(kind))
	a.Header["Accept"], a.Header["User-Agent"] = []string{"*/*"}, []string{"bench"}
	ctx := context.Background()
	h.Decide(ctx, a)
	b.ReportAllocs()
	for b.Loop() {
		if d := h.Decide(ctx, a); d.Outcome != core.Allowed {
			b.Fatal(d.Err)
		}
	}
}

// BenchmarkDecide_parallel decides on one credential from all processors at once, to detect
// lock contention.
func BenchmarkDecide_parallel(b *testing.B) {
	h := newTestEngine(b, func(c *core.Config) { c.Now = nil })
	header := h.credential("hs256")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		a := get("/api/orders/17", header)
		for pb.Next() {
			if d := h.Decide(context.Background(), a); d.Outcome != core.Allowed {
				b.Fatal(d.Err)
			}
		}
	})
}

// BenchmarkIssue measures issuing a native token without storing anything.
func BenchmarkIssue(b *testing.B) {
	for _, kind := range []string{"hs256", "rs256", "es256", "eddsa"} {
		b.Run(kind, func(b *testing.B) {
			h := newTestEngine(b, func(c *core.Config) { c.Keys = benchmarkKeys(b, kind) })
			id := h.alice.Identity("store")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.Tokens().Issue(context.Background(), core.IssueRequest{Identity: id}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

var algorithms = map[string]string{"hs256": "HS256", "rs256": "RS256", "es256": "ES256", "eddsa": "EdDSA"}

func benchmarkKeys(tb testing.TB, kind string) *keys.Ring {
	tb.Helper()
	alg, ok := algorithms[kind]
	if !ok {
		return nil
	}
	ring, err := keys.Open(context.Background(), keys.Config{Algorithm: alg})
	if err != nil {
		tb.Fatal(err)
	}
	return ring
}

// credential returns headers with a credential of alice.
func (h *testEngine) credential(kind string) api.Header {
	h.t.Helper()
	switch kind {
	case "basic":
		return basicHeader("alice", password)
	case "apikey":
		text, _ := h.apiKey(core.NewAPIKey{Subject: h.alice.Subject})
		return keyHeader(text)
	}
	return bearer(h.token("alice"))
}

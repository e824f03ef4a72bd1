package core_test

import (
	"context"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/sqlite"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
)

// manyRevoked is a store whose revocation log has that many generated rows.
type manyRevoked struct {
	store.Store
	rows int64
}

func (m manyRevoked) RevocationsSince(_ context.Context, after int64, _ time.Time, limit int) ([]api.Revocation, error) {
	var page []api.Revocation
	end := time.Now().Add(time.Hour)
	for seq := after + 1; seq <= m.rows && len(page) < limit; seq++ {
		page = append(page, api.Revocation{Seq: seq, Kind: api.RevokeToken, Key: "jti-" + strconv.FormatInt(seq*7919, 36), Expires: end})
	}
	return page, nil
}

// BenchmarkDecide_revoked compares decisions of an engine without revocations to those of
// one with a million, in alternation. It reports the ratio and the memory used in MB.
func BenchmarkDecide_revoked(b *testing.B) {
	const million, turn = 1_000_000, 2000
	open := func(rows int64) (*testEngine, api.Header) {
		h := newTestEngine(b, func(c *core.Config) { c.Now, c.Store = nil, manyRevoked{memory.New(), rows} })
		return h, bearer(h.token("bob"))
	}
	none, first := open(0)
	before := heap()
	many, second := open(million)
	size := heap() - before
	run := func(h *testEngine, header api.Header) time.Duration {
		a, begin := get("/api/orders/17", header), time.Now()
		for range turn {
			if d := h.Decide(context.Background(), a); d.Outcome != core.Allowed {
				b.Fatal(d.Err)
			}
		}
		return time.Since(begin)
	}
	var with, without time.Duration
	turns := 0
	for b.Loop() {
		without += run(none, first)
		with += run(many, second)
		turns++
	}
	each := float64(turns * turn)
	b.ReportMetric(float64(without.Nanoseconds())/each, "ns/none")
	b.ReportMetric(float64(with.Nanoseconds())/each, "ns/million")
	b.ReportMetric(float64(with)/float64(without), "ratio")
	b.ReportMetric(float64(size)/(1<<20), "MB")
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkLogin measures a login that starts a session in a database file: one hash with
// 19 MiB and two passes, one transaction, one token.
func BenchmarkLogin(b *testing.B) {
	h := newFileEngine(b)
	for b.Loop() {
		id, err := h.Tokens().Login(b.Context(), core.LoginRequest{Login: "bob", Password: password})
		h.must(err)
		_, err = h.Tokens().StartSession(b.Context(), core.BeginRequest{Identity: id})
		h.must(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "logins/s")
}

// BenchmarkRefresh measures a refresh in a database file: one transaction, one token.
func BenchmarkRefresh(b *testing.B) {
	h := newFileEngine(b)
	token := h.begin().Refresh
	for b.Loop() {
		g, err := h.refresh(token)
		h.must(err)
		token = g.Refresh
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "refreshes/s")
}

// newFileEngine opens an engine with a database file and the default password hashing.
func newFileEngine(b *testing.B) *testEngine {
	file, err := sqlite.Open(b.Context(), sqlite.Config{Path: filepath.Join(b.TempDir(), "cardea.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	return newTestEngine(b, func(c *core.Config) {
		c.Now, c.Store, c.Guessing = nil, file, throttle.After(0)
		c.Passwords = users.NewPasswords(users.PasswordConfig{})
	})
}

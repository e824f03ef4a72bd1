package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/server/admin"
	"github.com/cardea-auth/cardea/server/config"
)

func newMetrics(o Options) *admin.Metrics { return admin.NewMetrics(o.Version) }

// measure registers the metrics of the parts.
func measure(m *admin.Metrics, e *core.Engine, h *core.Hooks, s store.Store, list sites, loaded *pluginSet) error {
	loaded.measure(m)
	m.Staleness(e.Staleness)
	m.Gauge("cardea_revocations_unknown", "Rows of the revocation log that only a newer version understands.",
		func() float64 { return float64(e.Admin().UnknownRevocations()) })
	if q, ok := s.(interface{ Queries() int64 }); ok {
		m.Gauge("cardea_store_queries", "Queries that the store was asked.", func() float64 { return float64(q.Queries()) })
	}
	for name, d := range list {
		m.Gauge("cardea_directory_staleness_seconds", "Time since a WordPress's users were last compared with what is known of them.",
			func() float64 { return d.Staleness().Seconds() }, "directory", name)
	}
	return m.Watch(h)
}

// readiness is true from the time the listeners accept until the shutdown starts.
type readiness struct{ up atomic.Bool }

func (r *readiness) check(context.Context) error {
	if !r.up.Load() {
		return errors.New("starting or stopping")
	}
	return nil
}

func newReadiness() *readiness { return &readiness{} }

// administration is the handler of the admin listener.
type administration struct{ http.Handler }

func newAdmin(cfg *config.Config, e *core.Engine, m *admin.Metrics, r *readiness) administration {
	h := admin.Handler(m,
		admin.Check{Name: "server", Run: r.check},
		admin.Check{Name: "store", Run: e.Ready},
		admin.Check{Name: "revocations", Run: fresh(e.Staleness, cfg.Revocation.MaxStaleness.Std())},
	)
	return administration{admin.OnlyHosts(h, adminHosts(cfg))}
}

// adminHosts returns the host names of the admin listener, including its listen address.
func adminHosts(cfg *config.Config) []string {
	return append(slices.Clone(cfg.Server.AdminHosts), cfg.Server.AdminListen)
}

// fresh returns a check that fails if the revocation index is staler than limit; a limit
// of 0 disables it.
func fresh(staleness func() time.Duration, limit time.Duration) func(context.Context) error {
	return func(context.Context) error {
		if age := staleness(); limit > 0 && age > limit {
			return fmt.Errorf("last read %s ago, more than %s", age.Round(time.Millisecond), limit)
		}
		return nil
	}
}

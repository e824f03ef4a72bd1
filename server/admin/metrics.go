package admin

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
)

// NewMetrics returns metrics of the process; Watch and Gauge add those of Cardea.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cardea_events_total", Help: "Events by hook point and reason.",
		}, []string{"event", "reason"}),
	}
	m.registry.MustRegister(m.events, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.Gauge("cardea_build_info", "1, with the version as a label.", func() float64 { return 1 }, "version", version)
	return m
}

// Gauge adds a gauge that is read at each scrape, with constant label pairs.
func (m *Metrics) Gauge(name, help string, read func() float64, labels ...string) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: pairs(labels)}, read))
}

// Total adds a counter that is read at each scrape, with constant label pairs.
func (m *Metrics) Total(name, help string, read func() float64, labels ...string) {
	m.registry.MustRegister(prometheus.NewCounterFunc(
		prometheus.CounterOpts{Name: name, Help: help, ConstLabels: pairs(labels)}, read))
}

func pairs(labels []string) prometheus.Labels {
	constant := prometheus.Labels{}
	for i := 0; i+1 < len(labels); i += 2 {
		constant[labels[i]] = labels[i+1]
	}
	return constant
}

// Counter adds a counter whose labels have a small, fixed set of values, and returns the
// function that adds to it. Safe for concurrent use.
func (m *Metrics) Counter(name, help string, labels ...string) (add func(n float64, values ...string)) {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(c)
	return func(n float64, values ...string) { c.WithLabelValues(values...).Add(n) }
}

// Staleness adds the time since revocations were last read.
func (m *Metrics) Staleness(read func() time.Duration) {
	m.Gauge("cardea_revocation_staleness_seconds", "Time since the revocation log was last read.",
		func() float64 { return read().Seconds() })
}

// Watch counts the events of the hook catalogue. It binds one handler to each action, so
// metrics and plugins see the same events; watching a catalogue twice is an error.
func (m *Metrics) Watch(h *core.Hooks) error {
	for _, p := range h.Points() {
		action, ok := p.(*hooks.Action[core.Event])
		if !ok {
			continue
		}
		count := func(_ context.Context, e core.Event) error {
			m.events.WithLabelValues(action.Name(), reason(action, e)).Inc()
			return nil
		}
		if err := action.Bind("metrics", count, hooks.Order(-1000), hooks.Inline()); err != nil {
			return err
		}
	}
	return m.registry.Register(newQueues(h))
}

// reason limits the label to a fixed set of values: those of refusals and faults.
func reason(a *hooks.Action[core.Event], e core.Event) string {
	switch a.Name() {
	case "login-failed", "request-denied", "plugin-failed":
		return e.Reason
	}
	return ""
}

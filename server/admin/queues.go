package admin

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/hooks"
)

// queues exports the queues of event handlers. Handlers may come and go, so they are
// looked up at each scrape.
type queues struct {
	hooks                      *core.Hooks
	depth, bytes, age, dropped *prometheus.Desc
}

var _ prometheus.Collector = (*queues)(nil)

func newQueues(h *core.Hooks) *queues {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, []string{"event", "hook"}, nil)
	}
	return &queues{
		hooks:   h,
		depth:   desc("cardea_event_queue_depth", "Events that wait for a hook, with the one that it is told."),
		bytes:   desc("cardea_event_queue_bytes", "Memory of the events that wait for a hook, about."),
		age:     desc("cardea_event_queue_age_seconds", "Age of the oldest event that waits for a hook."),
		dropped: desc("cardea_events_dropped_total", "Events that a hook was not told: its queue was full, or the server stopped."),
	}
}

// Describe implements prometheus.Collector.
func (q *queues) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{q.depth, q.bytes, q.age, q.dropped} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (q *queues) Collect(to chan<- prometheus.Metric) {
	for _, p := range q.hooks.Points() {
		action, ok := p.(*hooks.Action[core.Event])
		if !ok {
			continue
		}
		for _, s := range action.Queues() {
			gauge := func(d *prometheus.Desc, v float64) {
				to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, action.Name(), s.Handler)
			}
			gauge(q.depth, float64(s.Depth))
			gauge(q.bytes, float64(s.Bytes))
			gauge(q.age, s.Age.Seconds())
			to <- prometheus.MustNewConstMetric(q.dropped, prometheus.CounterValue, float64(s.Dropped), action.Name(), s.Handler)
		}
	}
}

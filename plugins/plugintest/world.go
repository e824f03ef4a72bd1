package plugintest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/plugins"
)

// world is the environment of a guest (clock, randomness, log), and records what the host
// reports of a call. Safe for concurrent use, as the host requires.
type world struct {
	mu     sync.Mutex
	clock  time.Time
	random *rand.ChaCha8
	lines  []string
	call   *plugins.Call
	fault  *plugins.Fault

	kv         *plugins.MemoryKV
	exchanges  []Exchange // unused so far
	requests   []string   // all requests made
	unanswered []string   // requests without an exchange
	metrics    map[string]int64
}

var _ slog.Handler = (*world)(nil)

// epoch is the default clock.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// begin prepares the world for a vector.
func (w *world) begin(v Vector) {
	s := v.Setup
	w.mu.Lock()
	defer w.mu.Unlock()
	seed := int64(1)
	if s.Seed != nil {
		seed = *s.Seed
	}
	w.clock = epoch
	if s.Clock != nil {
		w.clock = *s.Clock
	}
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	w.random = rand.NewChaCha8(key)
	w.kv, w.exchanges, w.requests, w.unanswered, w.metrics = keep(v.KV, w.clock), slices.Clone(v.HTTP), nil, nil, nil
}

// calling drops records of the load, so that only those of the call remain.
func (w *world) calling() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines, w.call, w.fault = nil, nil, nil
}

// note stores the recorded call in a result. An error that is neither a refusal nor a
// fault of the guest is returned.
func (w *world) note(res *Result, err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	res.Log, res.Requests, res.Metrics, res.unanswered = w.lines, w.requests, w.metrics, w.unanswered
	if w.call == nil && w.fault == nil {
		return err
	}
	if w.call != nil {
		res.takeCall(*w.call)
	}
	if w.fault != nil {
		res.Status, res.Fault, res.Error, res.Journal = Fault, w.fault.Class, w.fault.Err.Error(), nil
	}
	return nil
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

// Read implements io.Reader, the guests' source of randomness.
func (w *world) Read(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.Read(p)
}

func (w *world) onCall(_ context.Context, c plugins.Call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.call = &c
}

func (w *world) onFault(_ context.Context, f *plugins.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = f
}

// Enabled implements slog.Handler for all levels.
func (w *world) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements slog.Handler. It drops the host's own lines, which have the key class
// or missing; the rest are the guest's.
func (w *world) Handle(_ context.Context, r slog.Record) error {
	own := false
	r.Attrs(func(a slog.Attr) bool {
		own = own || a.Key == "class" || a.Key == "missing"
		return !own
	})
	if own {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, r.Message)
	return nil
}

// WithAttrs implements slog.Handler; attributes are dropped, since there is only one
// plugin.
func (w *world) WithAttrs([]slog.Attr) slog.Handler { return w }

// WithGroup implements slog.Handler.
func (w *world) WithGroup(string) slog.Handler { return w }

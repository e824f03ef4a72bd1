package api

import (
	"context"
	"sync"
	"time"
)

// Allowance counts what plugins do for one request that carries others, so that these
// get no more of a plugin's work together than a request that comes alone. It is safe
// for concurrent use.
type Allowance struct {
	mu   sync.Mutex
	used map[string]Work
}

// Work is what a plugin has done.
type Work struct {
	Fuel int64 // units
	Time time.Duration
}

type allowanceKey struct{}

// WithAllowance returns a context under which the work of plugins is counted.
func WithAllowance(ctx context.Context) context.Context {
	return context.WithValue(ctx, allowanceKey{}, &Allowance{used: map[string]Work{}})
}

// AllowanceOf returns what counts under ctx; nil: nothing does.
func AllowanceOf(ctx context.Context) *Allowance {
	a, _ := ctx.Value(allowanceKey{}).(*Allowance)
	return a
}

// Add counts work of a plugin. On nil it does nothing.
func (a *Allowance) Add(plugin string, fuel int64, took time.Duration) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.used[plugin]
	a.used[plugin] = Work{w.Fuel + fuel, w.Time + took}
}

// Used returns the work of a plugin so far. On nil it is none.
func (a *Allowance) Used(plugin string) Work {
	if a == nil {
		return Work{}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.used[plugin]
}

package api

import (
	"context"
	"sync"
	"time"
)

// Allowance counts the work of plugins and expressions for one request, so that a request
// that stands for several, such as a batch, does not get more of it than a single one. It
// is safe for concurrent use.
type Allowance struct {
	perHook bool
	mu      sync.Mutex
	used    []hookWork // only a few, so cheaper than a map
	first   [1]hookWork
}

// hookID identifies a plugin's hook, or all its hooks if point is "".
type hookID struct{ plugin, point string }

type hookWork struct {
	hookID
	Work
}

// Work is the work that a plugin has done.
type Work struct {
	Fuel int64 // units
	Time time.Duration
}

type allowanceKey struct{}

// WithAllowance returns a context that counts the work of each plugin, all its hooks
// together.
func WithAllowance(ctx context.Context) context.Context {
	return context.WithValue(ctx, allowanceKey{}, &Allowance{})
}

// Counted is a context that counts the work of each hook separately, for a single request,
// which calls each hook once. It is a struct so that it can be embedded in per-request
// state without another allocation. Call Begin before use; it must not be copied
// afterwards.
type Counted struct {
	context.Context
	allowance Allowance
}

// Begin sets the parent context.
func (c *Counted) Begin(ctx context.Context) { c.Context, c.allowance.perHook = ctx, true }

// Value implements [context.Context].
func (c *Counted) Value(key any) any {
	if _, ok := key.(allowanceKey); ok {
		return &c.allowance
	}
	return c.Context.Value(key)
}

// AllowanceOf returns the Allowance of ctx, or nil if there is none.
func AllowanceOf(ctx context.Context) *Allowance {
	a, _ := ctx.Value(allowanceKey{}).(*Allowance)
	return a
}

// IsOneRequest reports whether it counts for a single request, and not for those of a batch
// together. On nil it does not.
func (a *Allowance) IsOneRequest() bool { return a != nil && a.perHook }

// Add adds work of a plugin's hook. It does nothing if a is nil.
func (a *Allowance) Add(plugin, point string, fuel int64, took time.Duration) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.find(plugin, point)
	if w == nil {
		if a.used == nil {
			a.used = a.first[:0]
		}
		a.used = append(a.used, hookWork{hookID: a.id(plugin, point)})
		w = &a.used[len(a.used)-1].Work
	}
	w.Fuel, w.Time = w.Fuel+fuel, w.Time+took
}

// Used returns the work counted so far for a plugin's hook. It is zero if a is nil.
func (a *Allowance) Used(plugin, point string) Work {
	if a == nil {
		return Work{}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if w := a.find(plugin, point); w != nil {
		return *w
	}
	return Work{}
}

func (a *Allowance) find(plugin, point string) *Work {
	id := a.id(plugin, point)
	for i := range a.used {
		if a.used[i].hookID == id {
			return &a.used[i].Work
		}
	}
	return nil
}

func (a *Allowance) id(plugin, point string) hookID {
	if a.perHook {
		return hookID{plugin, point}
	}
	return hookID{plugin: plugin}
}

package api

import (
	"context"
	"sync"
	"time"
)

// Allowance counts what plugins do for one request, so that what it stands for besides
// itself, such as the requests of a batch, gets no more of a plugin's work together than
// a request that is only one thing. It is safe for concurrent use.
type Allowance struct {
	perHook bool
	mu      sync.Mutex
	used    []hookWork // a few: a map would cost more
}

// hookID names a plugin's hook; without a point, all of its hooks.
type hookID struct{ plugin, point string }

type hookWork struct {
	hookID
	Work
}

// Work is what a plugin has done.
type Work struct {
	Fuel int64 // units
	Time time.Duration
}

type allowanceKey struct{}

// WithAllowance returns a context under which the work of each plugin is counted, all of
// its hooks together.
func WithAllowance(ctx context.Context) context.Context {
	return context.WithValue(ctx, allowanceKey{}, &Allowance{})
}

// Counted is a context under which the work of each hook is counted by itself: a request
// that is only one thing asks each once. It is a struct so that it can be a part of what
// a request needs in any case. Begin makes it one; it must not be copied then.
type Counted struct {
	context.Context
	allowance Allowance
}

// Begin sets the context whose values, end and deadline it has.
func (c *Counted) Begin(ctx context.Context) { c.Context, c.allowance.perHook = ctx, true }

// Value implements [context.Context].
func (c *Counted) Value(key any) any {
	if _, ok := key.(allowanceKey); ok {
		return &c.allowance
	}
	return c.Context.Value(key)
}

// AllowanceOf returns what counts under ctx; nil: nothing does.
func AllowanceOf(ctx context.Context) *Allowance {
	a, _ := ctx.Value(allowanceKey{}).(*Allowance)
	return a
}

// IsOneRequest reports whether it counts for a request that came alone, and not for those
// of a batch together. On nil it does not.
func (a *Allowance) IsOneRequest() bool { return a != nil && a.perHook }

// Add counts work of a plugin's hook. On nil it does nothing.
func (a *Allowance) Add(plugin, point string, fuel int64, took time.Duration) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.find(plugin, point)
	if w == nil {
		a.used = append(a.used, hookWork{hookID: a.id(plugin, point)})
		w = &a.used[len(a.used)-1].Work
	}
	w.Fuel, w.Time = w.Fuel+fuel, w.Time+took
}

// Used returns the work so far that counts for a plugin's hook. On nil it is none.
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

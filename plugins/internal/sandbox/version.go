package sandbox

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Version is a plugin as it was loaded at one time, at work: rights, instances,
// failures. A reload makes another. Safe for concurrent use.
type Version struct {
	*env
	access    []*access      // by the points' places in the catalogue; nil without a hook
	snapshot  *wasm.Snapshot // what instances are made from and reset to; nil if each starts by itself
	pool      *pool
	instances int // at most
	breaker   breaker
}

// Serves reports whether the version has the hook.
func (v *Version) Serves(h *Hook) bool { return v.access[h.place] != nil }

// DisabledUntil returns until when the version is disabled for breaking too often;
// the zero time if it is not.
func (v *Version) DisabledUntil() time.Time { return v.breaker.state() }

// Fault returns the fault of a call that the version cannot take.
func (v *Version) Fault(h *Hook, class string, err error) *Fault { return v.fault(h, class, err) }

// Close waits for the calls that run and frees everything. When ctx ends first it
// returns an error and can be called again, by one goroutine at a time.
func (v *Version) Close(ctx context.Context) error {
	if err := v.Stop(ctx); err != nil {
		return err
	}
	return v.Module.Close(context.WithoutCancel(ctx))
}

// Stop is Close without the module, which another version may go on with.
func (v *Version) Stop(ctx context.Context) error {
	if err := v.pool.close(ctx); err != nil {
		return err
	}
	v.fetcher.Close()
	if v.snapshot == nil {
		return nil
	}
	image := v.snapshot
	v.snapshot = nil // a second time there is nothing to close
	return image.Close()
}

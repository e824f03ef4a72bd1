package sandbox

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/plugins/internal/wasm"
)

// Version is one running version of a plugin: rights, instances, failures. A reload
// creates another. Safe for concurrent use.
type Version struct {
	*env
	access    []*access      // by the point's index in the catalogue; nil without a hook
	snapshot  *wasm.Snapshot // instances are created from it and reset to it; nil if each one runs its start functions
	pool      *pool
	instances int // at most
	breaker   breaker
}

// Serves reports whether the version has the hook.
func (v *Version) Serves(h *Hook) bool { return v.access[h.place] != nil }

// DisabledUntil returns until when the version is disabled for failing too often; the
// zero time if it is not.
func (v *Version) DisabledUntil() time.Time { return v.breaker.state() }

// Fault returns a fault for a call that the version cannot serve.
func (v *Version) Fault(h *Hook, class string, err error) *Fault { return v.fault(h, class, err) }

// Close waits for running calls and frees everything. When ctx ends first it returns an
// error and can be called again, by one goroutine at a time.
func (v *Version) Close(ctx context.Context) error {
	if err := v.Stop(ctx); err != nil {
		return err
	}
	return v.Module.Close(context.WithoutCancel(ctx))
}

// Stop is Close without the module, which another version may keep using.
func (v *Version) Stop(ctx context.Context) error {
	if err := v.pool.close(ctx); err != nil {
		return err
	}
	v.fetcher.Close()
	if v.snapshot == nil {
		return nil
	}
	image := v.snapshot
	v.snapshot = nil // a second call has nothing to close
	return image.Close()
}

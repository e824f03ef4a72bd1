package env

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Uses records when API keys were last used until the next batch is written.
type Uses struct{ byKey sync.Map } // id -> *atomic.Int64, Unix microseconds

// Note records a use of the key.
func (u *Uses) Note(id string, now time.Time) { u.of(id).Store(now.UnixMicro()) }

func (u *Uses) of(id string) *atomic.Int64 {
	last, ok := u.byKey.Load(id)
	if !ok {
		last, _ = u.byKey.LoadOrStore(id, new(atomic.Int64))
	}
	return last.(*atomic.Int64)
}

// Peek returns when the key was last used, or zero if no use is recorded.
func (u *Uses) Peek(id string) time.Time {
	last, ok := u.byKey.Load(id)
	if !ok {
		return time.Time{}
	}
	if micros := last.(*atomic.Int64).Load(); micros > 0 { // zero while Note adds the entry
		return time.UnixMicro(micros)
	}
	return time.Time{}
}

// take returns and clears the recorded uses.
func (u *Uses) take() map[string]time.Time {
	batch := map[string]time.Time{}
	u.byKey.Range(func(id, last any) bool {
		u.byKey.Delete(id)
		batch[id.(string)] = time.UnixMicro(last.(*atomic.Int64).Load())
		return true
	})
	return batch
}

// putBack records uses again that could not be written, unless a later one was recorded in
// the meantime.
func (u *Uses) putBack(batch map[string]time.Time) {
	for id, at := range batch {
		last, micros := u.of(id), at.UnixMicro()
		for now := last.Load(); now < micros && !last.CompareAndSwap(now, micros); now = last.Load() {
		}
	}
}

// WriteUses stores when API keys were last used. If that fails, they are kept for the next
// attempt.
func (e *Env) WriteUses(ctx context.Context) error {
	batch := e.Uses.take()
	if len(batch) == 0 {
		return nil
	}
	if err := e.Store.TouchAPIKeys(ctx, batch); err != nil {
		e.Uses.putBack(batch)
		return fmt.Errorf("write the last uses of API keys: %w", err)
	}
	return nil
}

// lastWrite is how long Close waits for the store.
const lastWrite = 5 * time.Second

// WriteLastUses is WriteUses for an engine that is being closed.
func (e *Env) WriteLastUses() error {
	ctx, cancel := context.WithTimeout(context.Background(), lastWrite)
	defer cancel()
	return e.WriteUses(ctx)
}

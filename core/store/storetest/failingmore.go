package storetest

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// The methods that ignore Writes and Reads and fail only by Before.

// asked is read without the check of Reads.
func asked[T any](f *Failing, method string, call func() (T, error)) (found T, err error) {
	err = f.before(method, func() error { found, err = call(); return err })
	return found, err
}

// UserByEmail implements [store.Store].
func (f *Failing) UserByEmail(ctx context.Context, email string) (api.User, error) {
	return asked(f, "UserByEmail", func() (api.User, error) { return f.Store.UserByEmail(ctx, email) })
}

// RevocationsSince implements [store.Store].
func (f *Failing) RevocationsSince(ctx context.Context, after int64, overlap time.Time, limit int) ([]api.Revocation, error) {
	return asked(f, "RevocationsSince", func() ([]api.Revocation, error) {
		return f.Store.RevocationsSince(ctx, after, overlap, limit)
	})
}

// PruneRevocations implements [store.Store].
func (f *Failing) PruneRevocations(ctx context.Context, before time.Time) (int64, error) {
	return asked(f, "PruneRevocations", func() (int64, error) { return f.Store.PruneRevocations(ctx, before) })
}

// Session implements [store.Store].
func (f *Failing) Session(ctx context.Context, id string) (api.Session, error) {
	return asked(f, "Session", func() (api.Session, error) { return f.Store.Session(ctx, id) })
}

// LiveSessions implements [store.Store].
func (f *Failing) LiveSessions(ctx context.Context, subject string, now time.Time, limit int) ([]api.Session, error) {
	return asked(f, "LiveSessions", func() ([]api.Session, error) { return f.Store.LiveSessions(ctx, subject, now, limit) })
}

// RotateRefresh implements [store.Store].
func (f *Failing) RotateRefresh(ctx context.Context, hash [32]byte, decide func(*api.Rotation) error) error {
	return f.before("RotateRefresh", func() error { return f.Store.RotateRefresh(ctx, hash, decide) })
}

// PruneSessions implements [store.Store].
func (f *Failing) PruneSessions(ctx context.Context, before time.Time) (int64, error) {
	return asked(f, "PruneSessions", func() (int64, error) { return f.Store.PruneSessions(ctx, before) })
}

// APIKeys implements [store.Store].
func (f *Failing) APIKeys(ctx context.Context, subject, after string, limit int) ([]api.APIKey, error) {
	return asked(f, "APIKeys", func() ([]api.APIKey, error) { return f.Store.APIKeys(ctx, subject, after, limit) })
}

// TouchAPIKeys implements [store.Store].
func (f *Failing) TouchAPIKeys(ctx context.Context, used map[string]time.Time) error {
	return f.before("TouchAPIKeys", func() error { return f.Store.TouchAPIKeys(ctx, used) })
}

// Ping implements [store.Store].
func (f *Failing) Ping(ctx context.Context) error {
	return f.before("Ping", func() error { return f.Store.Ping(ctx) })
}

// CheckWrite implements [store.Store].
func (f *Failing) CheckWrite(ctx context.Context) error {
	return f.before("CheckWrite", func() error { return f.Store.CheckWrite(ctx) })
}

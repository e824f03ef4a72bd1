package storetest

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
)

// ErrBroken is the error of the failing calls of a [Failing] store.
var ErrBroken = errors.New("no space left on device")

// ErrForgets, returned by Before, makes a [Failing] store report success without doing
// anything.
var ErrForgets = errors.New("the store does not keep what is written")

// Failing is a store whose writes or reads can be made to fail, for tests of the packages
// that use stores. It is safe for concurrent use.
type Failing struct {
	store.Store
	Writes, Reads atomic.Bool // whether writes and reads fail

	// Before, if not nil, is called before each call with the method's name. If it returns
	// an error, the call returns that error, or nil for [ErrForgets], without reaching the
	// store. It must be safe for concurrent use.
	Before func(method string) error
}

// unless runs a change, unless writes fail.
func (f *Failing) unless(method string, change func() error) error {
	if f.Writes.Load() {
		return ErrBroken
	}
	return f.before(method, change)
}

// before runs a call unless Before returns an error.
func (f *Failing) before(method string, call func() error) error {
	if f.Before != nil {
		switch err := f.Before(method); {
		case errors.Is(err, ErrForgets):
			return nil
		case err != nil:
			return err
		}
	}
	return call()
}

// read runs a lookup, unless reads fail.
func read[T any](f *Failing, method string, call func() (T, error)) (found T, err error) {
	if f.Reads.Load() {
		return found, ErrBroken
	}
	err = f.before(method, func() error { found, err = call(); return err })
	return found, err
}

// CreateUser implements [store.Store].
func (f *Failing) CreateUser(ctx context.Context, u api.User) (made api.User, err error) {
	err = f.unless("CreateUser", func() error { made, err = f.Store.CreateUser(ctx, u); return err })
	return made, err
}

// UpdateUser implements [store.Store].
func (f *Failing) UpdateUser(ctx context.Context, subject string, change func(*api.User) ([]api.Revocation, error)) (u api.User, err error) {
	err = f.unless("UpdateUser", func() error { u, err = f.Store.UpdateUser(ctx, subject, change); return err })
	return u, err
}

// DeleteUser implements [store.Store].
func (f *Failing) DeleteUser(ctx context.Context, subject string, revs ...api.Revocation) error {
	return f.unless("DeleteUser", func() error { return f.Store.DeleteUser(ctx, subject, revs...) })
}

// AppendRevocations implements [store.Store].
func (f *Failing) AppendRevocations(ctx context.Context, revs ...api.Revocation) error {
	return f.unless("AppendRevocations", func() error { return f.Store.AppendRevocations(ctx, revs...) })
}

// CreateSession implements [store.Store].
func (f *Failing) CreateSession(ctx context.Context, s api.Session, first api.RefreshToken) error {
	return f.unless("CreateSession", func() error { return f.Store.CreateSession(ctx, s, first) })
}

// EndSession implements [store.Store].
func (f *Failing) EndSession(ctx context.Context, id string, end func(*api.Session) []api.Revocation) error {
	return f.unless("EndSession", func() error { return f.Store.EndSession(ctx, id, end) })
}

// EndSessions implements [store.Store].
func (f *Failing) EndSessions(ctx context.Context, subject string, end func(*api.Session) []api.Revocation) error {
	return f.unless("EndSessions", func() error { return f.Store.EndSessions(ctx, subject, end) })
}

// CreateAPIKey implements [store.Store].
func (f *Failing) CreateAPIKey(ctx context.Context, key api.APIKey) error {
	return f.unless("CreateAPIKey", func() error { return f.Store.CreateAPIKey(ctx, key) })
}

// RevokeAPIKey implements [store.Store].
func (f *Failing) RevokeAPIKey(ctx context.Context, id string, at time.Time, revs ...api.Revocation) error {
	return f.unless("RevokeAPIKey", func() error { return f.Store.RevokeAPIKey(ctx, id, at, revs...) })
}

// RotateAPIKey implements [store.Store].
func (f *Failing) RotateAPIKey(ctx context.Context, id string, digest [32]byte, made, until time.Time, revs ...api.Revocation) error {
	return f.unless("RotateAPIKey", func() error { return f.Store.RotateAPIKey(ctx, id, digest, made, until, revs...) })
}

// UserBySubject implements [store.Store].
func (f *Failing) UserBySubject(ctx context.Context, subject string) (api.User, error) {
	return read(f, "UserBySubject", func() (api.User, error) { return f.Store.UserBySubject(ctx, subject) })
}

// UserByLogin implements [store.Store].
func (f *Failing) UserByLogin(ctx context.Context, login string) (api.User, error) {
	return read(f, "UserByLogin", func() (api.User, error) { return f.Store.UserByLogin(ctx, login) })
}

// UserByNumber implements [store.Store].
func (f *Failing) UserByNumber(ctx context.Context, number int64) (api.User, error) {
	return read(f, "UserByNumber", func() (api.User, error) { return f.Store.UserByNumber(ctx, number) })
}

// Users implements [store.Store].
func (f *Failing) Users(ctx context.Context, after int64, limit int) ([]api.User, error) {
	return read(f, "Users", func() ([]api.User, error) { return f.Store.Users(ctx, after, limit) })
}

// Sessions implements [store.Store].
func (f *Failing) Sessions(ctx context.Context, subject, after string, limit int) ([]api.Session, error) {
	return read(f, "Sessions", func() ([]api.Session, error) { return f.Store.Sessions(ctx, subject, after, limit) })
}

// APIKey implements [store.Store].
func (f *Failing) APIKey(ctx context.Context, id string) (api.APIKey, error) {
	return read(f, "APIKey", func() (api.APIKey, error) { return f.Store.APIKey(ctx, id) })
}

// FindAPIKeys implements [store.Store].
func (f *Failing) FindAPIKeys(ctx context.Context, subject, prefix, after string, limit int) ([]api.APIKey, error) {
	return read(f, "FindAPIKeys", func() ([]api.APIKey, error) { return f.Store.FindAPIKeys(ctx, subject, prefix, after, limit) })
}

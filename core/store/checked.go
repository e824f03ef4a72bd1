package store

import (
	"context"
	"errors"
	"math"
	"reflect"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// Checked wraps a store for the engine: its panics become Internal errors, and so does an
// API key that is not the requested one. A nil store, or an interface that holds a nil
// pointer, is an error.
func Checked(s Store) (Store, error) {
	if v := reflect.ValueOf(s); s == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, errors.New("store is nil")
	}
	return &checked{s}, nil
}

// checked recovers the panics of a store.
type checked struct{ s Store }

var _ Store = (*checked)(nil)

// Unwrap returns the wrapped store, for [api.Capability].
func (c *checked) Unwrap() any { return c.s }

// UserBySubject implements [Store].
func (c *checked) UserBySubject(ctx context.Context, subject string) (out api.User, err error) {
	defer api.Recover("store", "UserBySubject", &err)
	return c.s.UserBySubject(ctx, subject)
}

// UserByNumber implements [Store].
func (c *checked) UserByNumber(ctx context.Context, number int64) (out api.User, err error) {
	defer api.Recover("store", "UserByNumber", &err)
	return c.s.UserByNumber(ctx, number)
}

// UserByLogin implements [Store].
func (c *checked) UserByLogin(ctx context.Context, login string) (out api.User, err error) {
	defer api.Recover("store", "UserByLogin", &err)
	return c.s.UserByLogin(ctx, login)
}

// UserByEmail implements [Store].
func (c *checked) UserByEmail(ctx context.Context, email string) (out api.User, err error) {
	defer api.Recover("store", "UserByEmail", &err)
	return c.s.UserByEmail(ctx, email)
}

// Users implements [Store].
func (c *checked) Users(ctx context.Context, after int64, limit int) (out []api.User, err error) {
	defer api.Recover("store", "Users", &err)
	return c.s.Users(ctx, after, limit)
}

// CreateUser implements [Store].
func (c *checked) CreateUser(ctx context.Context, u api.User) (out api.User, err error) {
	defer api.Recover("store", "CreateUser", &err)
	return c.s.CreateUser(ctx, u)
}

// UpdateUser implements [Store].
func (c *checked) UpdateUser(ctx context.Context, subject string, change func(*api.User) ([]api.Revocation, error)) (out api.User, err error) {
	defer api.Recover("store", "UpdateUser", &err)
	return c.s.UpdateUser(ctx, subject, change)
}

// DeleteUser implements [Store].
func (c *checked) DeleteUser(ctx context.Context, subject string, revs ...api.Revocation) (err error) {
	defer api.Recover("store", "DeleteUser", &err)
	return c.s.DeleteUser(ctx, subject, revs...)
}

// AppendRevocations implements [Store].
func (c *checked) AppendRevocations(ctx context.Context, revs ...api.Revocation) (err error) {
	defer api.Recover("store", "AppendRevocations", &err)
	return c.s.AppendRevocations(ctx, revs...)
}

// RevocationsSince implements [Store].
func (c *checked) RevocationsSince(ctx context.Context, afterSeq int64, overlap time.Time, limit int) (out []api.Revocation, err error) {
	defer api.Recover("store", "RevocationsSince", &err)
	return c.s.RevocationsSince(ctx, afterSeq, overlap, limit)
}

// PruneRevocations implements [Store].
func (c *checked) PruneRevocations(ctx context.Context, before time.Time) (out int64, err error) {
	defer api.Recover("store", "PruneRevocations", &err)
	return c.s.PruneRevocations(ctx, before)
}

// CreateSession implements [Store].
func (c *checked) CreateSession(ctx context.Context, s api.Session, first api.RefreshToken) (err error) {
	defer api.Recover("store", "CreateSession", &err)
	return c.s.CreateSession(ctx, s, first)
}

// Session implements [Store].
func (c *checked) Session(ctx context.Context, id string) (out api.Session, err error) {
	defer api.Recover("store", "Session", &err)
	return c.s.Session(ctx, id)
}

// Sessions implements [Store].
func (c *checked) Sessions(ctx context.Context, subject, after string, limit int) (out []api.Session, err error) {
	defer api.Recover("store", "Sessions", &err)
	return c.s.Sessions(ctx, subject, after, limit)
}

// LiveSessions implements [Store].
func (c *checked) LiveSessions(ctx context.Context, subject string, now time.Time, limit int) (out []api.Session, err error) {
	defer api.Recover("store", "LiveSessions", &err)
	return c.s.LiveSessions(ctx, subject, now, limit)
}

// CountLive implements [session.Counter], even if the store does not.
func (c *checked) CountLive(ctx context.Context, subject string, now time.Time, most int) (n int, err error) {
	defer api.Recover("store", "CountLive", &err)
	if counter, ok := c.s.(session.Counter); ok {
		return counter.CountLive(ctx, subject, now, most)
	}
	list, err := c.s.LiveSessions(ctx, subject, now, most)
	return len(list), err
}

// LiveOn implements [session.Finder], even if the store does not.
func (c *checked) LiveOn(ctx context.Context, subject, format, device string, now time.Time, limit int) (out []api.Session, err error) {
	defer api.Recover("store", "LiveOn", &err)
	if finder, ok := c.s.(session.Finder); ok {
		return finder.LiveOn(ctx, subject, format, device, now, limit)
	}
	list, err := c.s.LiveSessions(ctx, subject, now, math.MaxInt32)
	return api.LatestOn(list, format, device, limit), err
}

// RotateRefresh implements [Store].
func (c *checked) RotateRefresh(ctx context.Context, hash [32]byte, decide func(*api.Rotation) error) (err error) {
	defer api.Recover("store", "RotateRefresh", &err)
	return c.s.RotateRefresh(ctx, hash, decide)
}

// EndSession implements [Store].
func (c *checked) EndSession(ctx context.Context, id string, end func(*api.Session) []api.Revocation) (err error) {
	defer api.Recover("store", "EndSession", &err)
	return c.s.EndSession(ctx, id, end)
}

// EndSessions implements [Store].
func (c *checked) EndSessions(ctx context.Context, subject string, end func(*api.Session) []api.Revocation) (err error) {
	defer api.Recover("store", "EndSessions", &err)
	return c.s.EndSessions(ctx, subject, end)
}

// PruneSessions implements [Store].
func (c *checked) PruneSessions(ctx context.Context, before time.Time) (out int64, err error) {
	defer api.Recover("store", "PruneSessions", &err)
	return c.s.PruneSessions(ctx, before)
}

// APIKey implements [Store].
func (c *checked) APIKey(ctx context.Context, id string) (out api.APIKey, err error) {
	defer api.Recover("store", "APIKey", &err)
	out, err = c.s.APIKey(ctx, id)
	if err == nil && (out.ID != id || out.Subject == "") {
		err = api.Fault("the store answered with API key %q of user %q where %q was asked for", out.ID, out.Subject, id)
	}
	if err != nil {
		return api.APIKey{}, err
	}
	return out, nil
}

// APIKeys implements [Store].
func (c *checked) APIKeys(ctx context.Context, subject string, after string, limit int) (out []api.APIKey, err error) {
	defer api.Recover("store", "APIKeys", &err)
	return c.s.APIKeys(ctx, subject, after, limit)
}

// FindAPIKeys implements [Store].
func (c *checked) FindAPIKeys(ctx context.Context, subject, prefix, after string, limit int) (out []api.APIKey, err error) {
	defer api.Recover("store", "FindAPIKeys", &err)
	return c.s.FindAPIKeys(ctx, subject, prefix, after, limit)
}

// CreateAPIKey implements [Store].
func (c *checked) CreateAPIKey(ctx context.Context, key api.APIKey) (err error) {
	defer api.Recover("store", "CreateAPIKey", &err)
	return c.s.CreateAPIKey(ctx, key)
}

// RevokeAPIKey implements [Store].
func (c *checked) RevokeAPIKey(ctx context.Context, id string, at time.Time, revs ...api.Revocation) (err error) {
	defer api.Recover("store", "RevokeAPIKey", &err)
	return c.s.RevokeAPIKey(ctx, id, at, revs...)
}

// RotateAPIKey implements [Store].
func (c *checked) RotateAPIKey(ctx context.Context, id string, digest [32]byte, made, oldUntil time.Time, revs ...api.Revocation) (err error) {
	defer api.Recover("store", "RotateAPIKey", &err)
	return c.s.RotateAPIKey(ctx, id, digest, made, oldUntil, revs...)
}

// TouchAPIKeys implements [Store].
func (c *checked) TouchAPIKeys(ctx context.Context, used map[string]time.Time) (err error) {
	defer api.Recover("store", "TouchAPIKeys", &err)
	return c.s.TouchAPIKeys(ctx, used)
}

// CheckWrite implements [Store].
func (c *checked) CheckWrite(ctx context.Context) (err error) {
	defer api.Recover("store", "CheckWrite", &err)
	return c.s.CheckWrite(ctx)
}

// Ping implements [Store].
func (c *checked) Ping(ctx context.Context) (err error) {
	defer api.Recover("store", "Ping", &err)
	return c.s.Ping(ctx)
}

// Close implements [Store].
func (c *checked) Close() (err error) {
	defer api.Recover("store", "Close", &err)
	return c.s.Close()
}

package sqlite

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/internal/sqlrow"
)

const tokenColumns = "hash, session, expires, used, successor"

func readToken(r *sqlrow.Row) api.RefreshToken {
	return api.RefreshToken{
		Hash: r.Digest(), Session: r.Text(), Expires: r.Time(), Used: r.Time(), Successor: r.Bytes(),
	}
}

// RotateRefresh implements session.Repository. A change is decided on again with the write
// lock, since another process may have been faster. The write lock of the transaction keeps what
// decide has seen valid until the commit. The condition in useToken is for stores without
// such a lock, and for changes of the file by hand.
func (s *Store) RotateRefresh(ctx context.Context, hash [32]byte, decide func(*api.Rotation) error) error {
	// What changes nothing, such as most refusals, must not take the write lock.
	seen, err := s.reader().rotation(ctx, hash)
	if err != nil {
		return err
	}
	before := seen.Session
	if err := decide(&seen); err != nil || !seen.Changes(before) {
		return err
	}
	return s.write(ctx, func(q querier) error {
		r, err := q.rotation(ctx, hash)
		if err != nil {
			return err
		}
		id := r.Session.ID
		if err := decide(&r); err != nil {
			return err
		}
		if r.Session.ID != id {
			return errors.New("rotate refresh token: the session must not change")
		}
		return q.keepRotation(ctx, r)
	})
}

func (q querier) rotation(ctx context.Context, hash [32]byte) (r api.Rotation, err error) {
	r.Token, err = one(ctx, q, "refresh_tokens", readToken,
		"SELECT "+tokenColumns+" FROM refresh_tokens WHERE hash = $1", hexOf(hash))
	if err != nil {
		return r, fmt.Errorf("refresh token: %w", err)
	}
	r.Session, err = q.session(ctx, r.Token.Session)
	return r, err
}

func (q querier) keepRotation(ctx context.Context, r api.Rotation) error {
	if r.Next != nil {
		if err := q.useToken(ctx, r.Token); err != nil {
			return err
		}
		if err := q.insertToken(ctx, *r.Next); err != nil {
			return err
		}
	}
	if err := q.updateSession(ctx, r.Session); err != nil {
		return err
	}
	return q.append(ctx, r.Revocations)
}

func (q querier) useToken(ctx context.Context, t api.RefreshToken) error {
	n, err := q.exec(ctx, "UPDATE refresh_tokens SET used = $2, successor = $3 WHERE hash = $1 AND used = 0",
		hexOf(t.Hash), sqlrow.Micros(t.Used), hex.EncodeToString(t.Successor))
	if err != nil {
		return fmt.Errorf("mark a refresh token of session %s as used: %w", t.Session, err)
	}
	if n == 0 {
		return fmt.Errorf("a refresh token of session %s was used meanwhile: %w", t.Session, api.ErrConflict)
	}
	return nil
}

func (q querier) insertToken(ctx context.Context, t api.RefreshToken) error {
	_, err := q.exec(ctx, "INSERT INTO refresh_tokens ("+tokenColumns+") VALUES ($1, $2, $3, $4, $5)",
		hexOf(t.Hash), t.Session, sqlrow.Micros(t.Expires), sqlrow.Micros(t.Used), hex.EncodeToString(t.Successor))
	if err != nil {
		return fmt.Errorf("store a refresh token of session %s: %w", t.Session, err)
	}
	return nil
}

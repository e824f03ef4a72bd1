package core_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// once has the credentials that are revoked repeatedly.
type once struct {
	*revokedLife
	plain core.TokenPair // of the native token format
	pair  core.TokenPair
	used  api.Secret // the first refresh token of plain
	alone core.Issued
	who   api.Identity // of alone
	key   api.Secret
	keyID string
}

func newOnce(t *testing.T) *once {
	o := &once{revokedLife: newRevokedLife(t)}
	var err error
	o.plain, err = o.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: o.user("bob"), TokenFormat: "native"})
	o.must(err)
	o.pair = o.revokedLife.begin()
	o.alone, o.who = o.revokedLife.alone()
	text, id := o.apiKey(core.NewAPIKey{Subject: o.bob.Subject})
	o.key, o.keyID = api.Secret(text), id
	return o
}

// revocations are the ways to revoke something that can be repeated.
var revocations = map[string]func(context.Context, *once) error{
	"a session": func(ctx context.Context, o *once) error { return o.Admin().EndSession(ctx, o.plain.Session, "x", "op") },
	"a session by id": func(ctx context.Context, o *once) error {
		return second(o.Admin().RevokeSessionID(ctx, o.plain.Session, "x", "op"))
	},
	"a session by its kind": func(ctx context.Context, o *once) error {
		return o.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeSession, Key: o.plain.Session})
	},
	"a logout": func(ctx context.Context, o *once) error {
		return o.Tokens().Logout(ctx, api.Identity{Proof: api.Proof{Session: o.plain.Session}})
	},
	"a logout without a kept session": func(ctx context.Context, o *once) error {
		return o.Tokens().Logout(ctx, api.Identity{Proof: api.Proof{Session: "gone"}})
	},
	"a logout without session":  func(ctx context.Context, o *once) error { return o.Tokens().Logout(ctx, o.who) },
	"a refresh token":           func(ctx context.Context, o *once) error { return o.Tokens().RevokeToken(ctx, o.plain.Refresh) },
	"a refresh token of a pair": func(ctx context.Context, o *once) error { return o.Tokens().RevokeToken(ctx, o.pair.Refresh) },
	"an access token":           func(ctx context.Context, o *once) error { return o.Tokens().RevokeToken(ctx, o.plain.Access.Text) },
	"an access token of a pair": func(ctx context.Context, o *once) error { return o.Tokens().RevokeToken(ctx, o.pair.Access.Text) },
	"an access token alone":     func(ctx context.Context, o *once) error { return o.Tokens().RevokeToken(ctx, o.alone.Text) },
	"a bearer":                  func(ctx context.Context, o *once) error { return o.Tokens().RevokeBearer(ctx, o.who, "x", "") },
	"an operator, access token": func(ctx context.Context, o *once) error {
		return second(o.Admin().RevokeCredential(ctx, o.alone.Text, "x", "op"))
	},
	"an operator, refresh token": func(ctx context.Context, o *once) error {
		return second(o.Admin().RevokeCredential(ctx, o.plain.Refresh, "x", "op"))
	},
	"an operator, API key": func(ctx context.Context, o *once) error {
		return second(o.Admin().RevokeCredential(ctx, o.key, "x", "op"))
	},
	"an operator, jti": func(ctx context.Context, o *once) error {
		return second(o.Admin().RevokeTokenID(ctx, "", o.alone.ID, "x", "op"))
	},
	"an operator, id of an API key": func(ctx context.Context, o *once) error {
		return second(o.Admin().RevokeAPIKeyID(ctx, o.keyID, "x", "op"))
	},
	"an API key":       func(ctx context.Context, o *once) error { return o.accounts.RevokeAPIKey(ctx, o.keyID, "op") },
	"a leaked API key": func(ctx context.Context, o *once) error { return o.Tokens().ReportLeaked(ctx, o.key, api.Peer{}) },
	"a used refresh token": func(ctx context.Context, o *once) error {
		return refusal(o.Tokens().Refresh(ctx, core.RefreshRequest{Token: o.used, TokenFormat: "native"}))
	},
	"a used refresh token, looked at": func(ctx context.Context, o *once) error {
		_, _, err := o.Tokens().PeekRefresh(ctx, core.RefreshRequest{Token: o.used, TokenFormat: "native"})
		return refusal(core.TokenPair{}, err)
	},
}

func second(_ core.Revoked, err error) error {
	if errors.Is(err, core.ErrConflict) {
		return nil
	}
	return err
}

func refusal(_ core.TokenPair, err error) error {
	if api.CodeOf(err) == api.Unauthenticated {
		return nil
	}
	return err
}

// rows counts what the log holds.
func (o *once) rows() int {
	o.t.Helper()
	list, err := o.store.RevocationsSince(context.Background(), 0, time.Time{}, 10_000)
	o.must(err)
	n := 0
	for _, r := range list {
		if !strings.HasPrefix(r.Reason, "tokens live up to") {
			n++
		}
	}
	return n
}

// TestRevocations_once: revoking what is already revoked writes nothing, in any way and at
// any time, so that one token cannot fill the log.
func TestRevocations_once(t *testing.T) {
	ctx := context.Background()
	for name, revoke := range revocations {
		for what, run := range map[string]func(*once){
			"one by one": func(o *once) {
				for range 10 {
					o.must(revoke(ctx, o))
					o.clock.advance(time.Second)
				}
			},
			"at once": func(o *once) {
				var all sync.WaitGroup
				for range 16 {
					all.Go(func() {
						if err := revoke(ctx, o); err != nil {
							o.t.Error(err)
						}
					})
				}
				all.Wait()
			},
		} {
			t.Run(name+", "+what, func(t *testing.T) {
				o := newOnce(t)
				o.clock.advance(10 * time.Second)
				o.use()
				before := o.rows()
				run(o)
				if got := o.rows() - before; got != 1 {
					t.Errorf("%d rows were written, want 1", got)
				}
			})
		}
	}
}

// TestRevocations_repeatedRefresh: each repeated refresh within the grace period extends
// the revocation of the old access token, by at most one row a minute.
func TestRevocations_repeatedRefresh(t *testing.T) {
	o := newOnce(t)
	before := o.rows()
	for range 10 {
		o.next(o.pair)
		o.clock.advance(time.Second)
	}
	if got := o.rows() - before; got > 2 {
		t.Errorf("%d rows were written in ten seconds, want 2 at most", got)
	}
}

// use refreshes plain and lets the grace period pass: its first token is then reused.
func (o *once) use() {
	o.used = o.plain.Refresh
	g, err := o.Tokens().Refresh(context.Background(), core.RefreshRequest{Token: o.plain.Refresh, TokenFormat: "native"})
	o.must(err)
	o.clock.advance(time.Minute)
	o.plain = g
}

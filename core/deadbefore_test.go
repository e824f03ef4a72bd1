package core_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// TestRevoke_deadBefore: revoking a session or API key that has already ended, by id or
// text, reports why there was nothing to revoke. A session that cannot be refreshed any
// more is still revoked while its access tokens are valid.
func TestRevoke_deadBefore(t *testing.T) {
	ctx := context.Background()
	for name, tt := range map[string]struct {
		do           func(h *held) error
		session, key string // the expected error; "" if still valid
	}{
		"nothing":    {func(*held) error { return nil }, "", ""},
		"everything": {func(h *held) error { return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll}) }, "was revoked with everything before", "was revoked with everything before"},
		"all but API keys": {func(h *held) error {
			return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeAll, Key: api.SpareAPIKeys})
		}, "was revoked with everything before", ""},
		"the subject by time": {func(h *held) error {
			return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeSubject, Key: h.bob.Subject})
		}, "was revoked with all of its user's before", "was revoked with all of its user's before"},
		"the key's client": {func(h *held) error {
			return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeClient, Key: "apikey:" + h.keyID})
		}, "", "was revoked with all of its client's before"},
		"the session revoked": {func(h *held) error {
			return h.Tokens().Revoke(ctx, api.Revocation{Kind: api.RevokeSession, Key: h.session})
		}, "was revoked before", ""},
		"the session ended":      {func(h *held) error { return h.Admin().EndSession(ctx, h.session, "stolen", "op") }, "had ended (stolen) before", ""},
		"the key":                {func(h *held) error { return h.accounts.RevokeAPIKey(ctx, h.keyID, "op") }, "", "was revoked before"},
		"user disabled":          {func(h *held) error { return h.accounts.SetDisabled(ctx, h.bob.Subject, true, "op") }, "was revoked with all of its user's before", "was revoked (its user is disabled) before"},
		"password":               {func(h *held) error { return h.accounts.SetPassword(ctx, h.bob.Subject, "another password", "op") }, "was revoked with all of its user's before", ""},
		"logout everywhere":      {func(h *held) error { return h.Tokens().LogoutAll(ctx, h.bob.Subject, "x", "op") }, "had ended (x) before", "was revoked before"},
		"one of its tokens":      {func(h *held) error { return h.Tokens().RevokeToken(ctx, h.access) }, "", ""},
		"the life of everything": {func(h *held) error { h.clock.advance(100 * 24 * time.Hour); return nil }, "had expired before", ""},
	} {
		for what, revoke := range map[string]func(h *held) (core.Revoked, error){
			"session":       func(h *held) (core.Revoked, error) { return h.Admin().RevokeSessionID(ctx, h.session, "x", "op") },
			"refresh token": func(h *held) (core.Revoked, error) { return h.Admin().RevokeCredential(ctx, h.refresh, "x", "op") },
			"API key":       func(h *held) (core.Revoked, error) { return h.Admin().RevokeAPIKeyID(ctx, h.keyID, "x", "op") },
			"key's text":    func(h *held) (core.Revoked, error) { return h.Admin().RevokeCredential(ctx, h.key, "x", "op") },
		} {
			h := newHeld(t)
			h.clock.advance(time.Second)
			h.must(tt.do(h))
			h.clock.advance(time.Second)
			want := tt.session
			if strings.Contains(what, "key") || what == "API key" {
				want = tt.key
			}
			got, err := revoke(h)
			if want == "" && (err != nil || got.Sessions+got.APIKeys != 1 || got.Before != "") ||
				want != "" && (api.CodeOf(err) != api.Conflict || !strings.HasSuffix(api.AsError(err).Public, want)) {
				t.Errorf("%s, then the %s: %+v, %v; want %q", name, what, got, err, want)
			}
		}
	}
}

// TestRevoke_expiredBefore: revoking an expired API key is a conflict.
func TestRevoke_expiredBefore(t *testing.T) {
	ctx := context.Background()
	h := newTestEngine(t, nil)
	_, id := h.apiKey(core.NewAPIKey{Subject: h.bob.Subject, Life: time.Hour})
	h.clock.advance(2 * time.Hour)
	if _, err := h.Admin().RevokeAPIKeyID(ctx, id, "x", "op"); api.CodeOf(err) != api.Conflict || !strings.Contains(err.Error(), "had expired before") {
		t.Errorf("RevokeAPIKeyID: got %v, want code %s and an error with %q", err, api.Conflict, "had expired before")
	}
}

// TestRevokeTokenID_twice: revoking the id of a revoked token is a conflict.
func TestRevokeTokenID_twice(t *testing.T) {
	h := newTestEngine(t, nil)
	for _, want := range []api.Code{"", api.Conflict} {
		if _, err := h.Admin().RevokeTokenID(context.Background(), "", "some", "x", "op"); want == "" && err != nil || want != "" && api.CodeOf(err) != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestRevoke_expiredSession: a session that expired while its tokens may live is ended, and
// said to have expired, by its id and by its refresh token alike; one that is over is not
// changed.
func TestRevoke_expiredSession(t *testing.T) {
	ctx := context.Background()
	for what, revoke := range map[string]func(h *held) (core.Revoked, error){
		"session":       func(h *held) (core.Revoked, error) { return h.Admin().RevokeSessionID(ctx, h.session, "x", "op") },
		"refresh token": func(h *held) (core.Revoked, error) { return h.Admin().RevokeCredential(ctx, h.refresh, "x", "op") },
	} {
		h := newHeld(t)
		h.clock.advance(14*24*time.Hour + time.Second)
		if got, err := revoke(h); err != nil || got.Before != "expired" || got.Sessions != 1 {
			t.Errorf("%s: %+v, %v; want that it is ended, and had expired", what, got, err)
		}
		if _, err := revoke(h); api.CodeOf(err) != api.Conflict {
			t.Errorf("%s, once more: got %v, want code %s", what, err, api.Conflict)
		}
		h = newHeld(t)
		h.clock.advance(100 * 24 * time.Hour)
		if _, err := revoke(h); api.CodeOf(err) != api.Conflict {
			t.Errorf("%s, over: got %v, want code %s", what, err, api.Conflict)
		}
		if s, err := h.Admin().Session(ctx, h.session); err != nil || !s.Ended.IsZero() {
			t.Errorf("%s, over: it was changed all the same: %+v, %v", what, s, err)
		}
	}
}

// TestRevoke_uncounted: while a directory does not answer, credentials of its users can be
// revoked; the error says that only the count of the others failed.
func TestRevoke_uncounted(t *testing.T) {
	ctx := context.Background()
	for what, revoke := range map[string]func(*faulty) (core.Revoked, error){
		"API key": func(f *faulty) (core.Revoked, error) {
			return f.Admin().RevokeCredential(ctx, api.Secret(f.rootKey), "x", "op")
		},
		"refresh token": func(f *faulty) (core.Revoked, error) {
			return f.Admin().RevokeCredential(ctx, f.shop.Refresh, "x", "op")
		},
		"access token": func(f *faulty) (core.Revoked, error) {
			return f.Admin().RevokeCredential(ctx, f.shop.Access.Text, "x", "op")
		},
		"session": func(f *faulty) (core.Revoked, error) { return f.Admin().RevokeSessionID(ctx, f.session.ID, "x", "op") },
	} {
		t.Run(what, func(t *testing.T) {
			f := newFaulty(t)
			f.prepare()
			f.clock.advance(time.Second)
			down := f.testSites.shop.before
			f.testSites.shop.before = func() error { return errFault }
			if _, err := revoke(f); api.ReasonOf(err) != core.ReasonUncounted || api.CodeOf(err) != api.Unavailable {
				t.Fatalf("got %v, want that it was revoked and not counted", err)
			}
			f.testSites.shop.before = down
			if r, err := revoke(f); api.CodeOf(err) != api.Conflict {
				t.Errorf("again: %+v, %v; want a conflict", r, err)
			}
		})
	}
}

// TestRevokeUser_uncounted: the same with everything of a user whom the subject names.
func TestRevokeUser_uncounted(t *testing.T) {
	ctx := context.Background()
	w := newTestSites(t, nil)
	w.apiKey(core.NewAPIKey{Subject: "shop:1"})
	w.clock.advance(time.Second)
	w.shop.before = func() error { return errFault }
	if r, err := w.Admin().RevokeUser(ctx, "shop:1", "x", "op"); api.ReasonOf(err) != core.ReasonUncounted {
		t.Errorf("got %+v, %v; want that everything was revoked and not counted", r, err)
	}
	w.shop.before = nil
	n, err := w.Admin().LiveAPIKeys(ctx, "shop:1")
	w.must(err)
	if n > 0 {
		t.Errorf("%d API keys are valid", n)
	}
}

package core_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/storetest"
)

// TestRevoke_forgotten: a revocation fails if the credential is still accepted although the
// store reported success.
func TestRevoke_forgotten(t *testing.T) {
	for name, c := range map[string]struct {
		forgets string
		revoke  func(*faulty) (core.Revoked, error)
	}{
		"an API key": {"RevokeAPIKey", func(f *faulty) (core.Revoked, error) {
			return f.Admin().RevokeAPIKeyID(t.Context(), f.keyID, "x", "op")
		}},
		"the text of one": {"RevokeAPIKey", func(f *faulty) (core.Revoked, error) {
			return f.Admin().RevokeCredential(t.Context(), api.Secret(f.key), "x", "op")
		}},
		"a session": {"EndSession", func(f *faulty) (core.Revoked, error) {
			return f.Admin().RevokeSessionID(t.Context(), f.grant.Session, "x", "op")
		}},
		"a refresh token": {"RotateRefresh", func(f *faulty) (core.Revoked, error) {
			return f.Admin().RevokeCredential(t.Context(), f.grant.Refresh, "x", "op")
		}},
	} {
		f := newFaulty(t)
		f.prepare()
		f.clock.advance(1)
		f.store.Before = func(method string) error {
			if slices.Contains(strings.Fields(c.forgets), method) {
				return storetest.ErrForgets
			}
			return nil
		}
		got, err := c.revoke(f)
		if err == nil || got.APIKeys+got.Sessions > 1 {
			t.Errorf("%s: got %+v, %v; want an error that it had no effect", name, got, err)
		}
		f.store.Before = f.faults.before
	}
}

// TestLogoutAll_causes: each cause of a failure is reported once.
func TestLogoutAll_causes(t *testing.T) {
	for _, same := range []bool{true, false} {
		f := newFaulty(t)
		f.prepare()
		f.store.Before = func(method string) error {
			if same || method == "EndSessions" {
				return errFault
			}
			return errors.New(method + " is broken")
		}
		err := f.Tokens().LogoutAll(t.Context(), "u_bob", "x", "op")
		f.store.Before = f.faults.before
		if err == nil || strings.Count(err.Error(), errFault.Error()) != 1 {
			t.Errorf("the same cause %v: %v; want it reported once", same, err)
		}
		for _, method := range []string{"UpdateUser", "FindAPIKeys"} {
			if told := strings.Count(err.Error(), method+" is broken") == 1; told == same {
				t.Errorf("the cause in %s is reported: %v", method, told)
			}
		}
	}
}

// TestRefresh_unfit: the session of a disabled user ends; if ending it fails, both errors
// are reported.
func TestRefresh_unfit(t *testing.T) {
	f := newFaulty(t)
	f.prepare()
	f.testSites.shop.users[0].Disabled = true
	for _, broken := range []bool{true, false} {
		f.store.Writes.Store(broken)
		_, _, err := f.Tokens().PeekRefresh(t.Context(), core.RefreshRequest{Token: f.shop.Refresh, TokenFormat: "shop"})
		if err == nil || errors.Is(err, storetest.ErrBroken) != broken || api.ReasonOf(err) != api.ReasonDisabled {
			t.Errorf("it cannot be ended: %v: got %v", broken, err)
		}
	}
	s, err := f.Admin().Sessions(t.Context(), "shop:1", "", 1)
	if f.must(err); s[0].Ended.IsZero() {
		t.Error("the session was not ended")
	}
}

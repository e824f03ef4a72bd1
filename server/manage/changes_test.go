package manage_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/manage"
)

// change is one possible change to the data that begin creates.
type change struct {
	name  string
	event string // "": it has no point
	store bool   // whether it is stored
	do    func(ctx context.Context, o *adminServer, key manage.APIKey, session, token string) error
}

func changes() []change {
	return []change{
		{"user add", "user-changed", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.AddUser(ctx, manage.NewUser{Login: "ben"})
			return err
		}},
		{"user passwd", "user-changed", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.SetPassword(ctx, "anna", "another long one")
			return err
		}},
		{"user disable", "user-changed", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.SetDisabled(ctx, "anna@example.org", true)
			return err
		}},
		{"user enable", "user-changed", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.SetDisabled(ctx, "carl", false)
			return err
		}},
		{"user delete", "user-deleted", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.DeleteUser(ctx, "anna")
			return err
		}},
		{"apikey create", "apikey-created", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.CreateAPIKey(ctx, manage.NewAPIKey{Login: "anna"})
			return err
		}},
		{"apikey rotate", "", true, func(ctx context.Context, o *adminServer, k manage.APIKey, _, _ string) error {
			_, err := o.RotateAPIKey(ctx, k.ID, time.Hour)
			return err
		}},
		{"apikey revoke", "apikey-revoked", true, func(ctx context.Context, o *adminServer, k manage.APIKey, _, _ string) error {
			_, err := o.RevokeAPIKey(ctx, k.ID)
			return err
		}},
		{"session revoke", "session-ended", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, s, _ string) error {
			_, err := o.RevokeSession(ctx, s)
			return err
		}},
		{"session revoke --user", "session-ended", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.Logout(ctx, "anna")
			return err
		}},
		{"token issue", "", false, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.Issue(ctx, manage.NewToken{Login: "anna"})
			return err
		}},
		{"token revoke", "token-revoked", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, token string) error {
			_, err := o.RevokeToken(ctx, api.Secret(token), "")
			return err
		}},
		{"token revoke --id", "token-revoked", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.Revoke(ctx, manage.Revocation{TokenID: "some"})
			return err
		}},
		{"token revoke --client", "token-revoked", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.Revoke(ctx, manage.Revocation{Client: "some"})
			return err
		}},
		{"token revoke --everything", "token-revoked", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.Revoke(ctx, manage.Revocation{Everything: true})
			return err
		}},
		{"keys rotate", "key-rotated", false, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.Keys().Rotate(ctx, false)
			return err
		}},
		{"keys revoke", "key-rotated", true, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.Keys().Revoke(ctx, o.engine.Keys().Active().ID)
			return err
		}},
		{"keys rotate --for assertion", "", false, func(ctx context.Context, o *adminServer, _ manage.APIKey, _, _ string) error {
			_, err := o.AssertionKeys().Rotate(ctx, false)
			return err
		}},
	}
}

// TestChanges_told: every change fires its event and is logged once, both with the actor
// and without secrets.
func TestChanges_told(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			o := open(t)
			key, session, token := o.begin()
			o.must(o.engine.Drain(t.Context()))
			o.log.Reset()
			o.events = nil
			o.must(c.do(t.Context(), o, key, session, token))
			o.must(o.engine.Drain(t.Context()))
			log := o.log.String()
			if strings.Count(log, `msg="administrative act"`) != 1 || !strings.Contains(log, "actor=cli:olga what=") {
				t.Errorf("the log has\n%s\nwant one line with the actor", log)
			}
			for _, secret := range []string{key.Key, token, password, "another long one"} {
				if strings.Contains(log, secret) {
					t.Errorf("the log has a secret:\n%s", log)
				}
			}
			found := c.event == ""
			for _, e := range o.events {
				found = found || e == c.event+" cli:olga"
			}
			if !found {
				t.Errorf("the events are %q; want %s by cli:olga", o.events, c.event)
			}
		})
	}
}

// TestChanges_broken: a change that cannot be stored returns an error, changes nothing,
// fires no event and is logged as failed.
func TestChanges_broken(t *testing.T) {
	for _, c := range changes() {
		if !c.store {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			o := open(t)
			key, session, token := o.begin()
			o.must(o.engine.Drain(t.Context()))
			before := o.state()
			o.log.Reset()
			o.events = nil
			o.store.Writes.Store(true)
			err := c.do(t.Context(), o, key, session, token)
			o.store.Writes.Store(false)
			if err == nil || api.CodeOf(err) != api.Unavailable || strings.Count(err.Error(), "no space left on device") != 1 {
				t.Errorf("got %v; want unavailable, and the cause once", err)
			}
			o.must(o.engine.Drain(t.Context()))
			if after := o.state(); after != before {
				t.Errorf("it changed\n%s\ninto\n%s", before, after)
			}
			if log := o.log.String(); !strings.Contains(log, `msg="administrative act failed"`) || !strings.Contains(log, "no space left") {
				t.Errorf("the log has\n%s\nwant that it failed, and why", log)
			}
			for _, e := range o.events {
				if c.event != "key-rotated" { // the key is removed, and only revoking its tokens failed
					t.Errorf("event %s for a change that did not happen", e)
				}
			}
		})
	}
}

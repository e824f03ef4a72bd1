package manage_test

import (
	"testing"

	"github.com/cardea-auth/cardea/server/manage"
)

// TestLists_login: lists show users by login.
func TestLists_login(t *testing.T) {
	o := open(t)
	o.begin()
	o.must(o.Sessions(t.Context(), "", func(s manage.Session) error {
		if s.Login != "anna" {
			t.Errorf("the session is of %q", s.Login)
		}
		return nil
	}))
	o.must(o.APIKeys(t.Context(), "", "", func(k manage.APIKey) error {
		if k.Login != "anna" {
			t.Errorf("the key is of %q", k.Login)
		}
		return nil
	}))
}

package command

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/manage"
)

// TestHinted: the command that an error leads to has the ID that it is about, as one word of a
// shell, and a placeholder only if an older server has not told it.
func TestHinted(t *testing.T) {
	for _, c := range []struct{ reason, about, want string }{
		{core.ReasonSessionLives, "20GD", "'cardea session revoke 20GD' ends it"},
		{core.ReasonSessionLives, "", "'cardea session revoke SESSION' ends it"},
		{core.ReasonAPIKeyID, "-x", "'cardea apikey revoke -- -x' revokes it"},
		{manage.ReasonAssertionKey, "-x", "'cardea keys revoke --for assertion -- -x' removes it"},
		{manage.ReasonLogin, "a$(b)", `'cardea session revoke --user a\$\(b\)' ends`},
		{api.ReasonDisabled, "anna", "'cardea user disable anna --undo' enables it"},
		{api.ReasonDisabled, "-anna", "'cardea user disable --undo -- -anna' enables it"},
		{api.ReasonDisabled, "", "enable it where users are kept"},
		{"other", "20GD", "refused"},
	} {
		err := hinted(fmt.Errorf("do: %w", &api.Error{Code: api.Conflict, Reason: c.reason, Public: "refused", About: c.about}))
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s about %q: %v; want %q", c.reason, c.about, err, c.want)
		}
	}
	if err := hinted(nil); err != nil {
		t.Errorf("got %v for no error", err)
	}
	if err := hinted(errors.New("store: database or disk is full (13)")); !strings.Contains(err.Error(), "free space on the disk") {
		t.Errorf("a full disk: %v", err)
	}
}

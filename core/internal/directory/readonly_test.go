package directory_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/users"
)

// TestReadOnly: without a writable directory every change is refused as read-only.
func TestReadOnly(t *testing.T) {
	var u directory.ReadOnly
	ctx := t.Context()
	ask := func(_ api.User, err error) error { return err }
	_, list := u.List(ctx, 0, 1)
	for name, err := range map[string]error{
		"List": list, "Create": ask(u.Create(ctx, users.NewUser{})), "Update": ask(u.Update(ctx, "x", users.Change{}, "op")),
		"SetPassword": ask(u.SetPassword(ctx, "x", "y", "op")), "SetDisabled": ask(u.SetDisabled(ctx, "x", true, "op")),
		"SetRoles": ask(u.SetRoles(ctx, "x", nil, "op")), "Delete": u.Delete(ctx, "x", "op"),
	} {
		if api.ReasonOf(err) != api.ReasonReadOnly {
			t.Errorf("%s: got %v, want reason %q", name, err, api.ReasonReadOnly)
		}
	}
}

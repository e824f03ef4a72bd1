package core_test

import (
	"context"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
)

// askedLogins is a directory that records the length of the longest name looked up.
type askedLogins struct {
	users.Directory
	longest int
}

func (d *askedLogins) ByLogin(_ context.Context, login string) (api.User, error) {
	d.longest = max(d.longest, len(login))
	return api.User{}, api.ErrNotFound
}

func (d *askedLogins) ByEmail(ctx context.Context, email string) (api.User, error) {
	return d.ByLogin(ctx, email)
}

func (*askedLogins) Name() string { return "asked" }

// TestLogin_longNames: a name longer than any valid one is refused like an unknown one, and
// is neither normalized nor looked up.
func TestLogin_longNames(t *testing.T) {
	d := &askedLogins{}
	h := newTestEngine(t, func(c *core.Config) {
		c.Store = memory.New()
		c.Directories = []users.Directory{users.NewStore(c.Store, users.StoreConfig{Passwords: c.Passwords}), d}
	})
	for _, unit := range []string{"a", "A", "İ", "a@", "a\u0301\u0301"} {
		_, err := h.Tokens().Login(context.Background(), core.LoginRequest{Login: strings.Repeat(unit, 60_000), Password: "wrong horse"})
		want := api.ReasonUnknownUser
		if strings.Contains(unit, "@") {
			want = api.ReasonUnknownEmail
		}
		if api.CodeOf(err) != api.Unauthenticated || api.ReasonOf(err) != want {
			t.Errorf("%q: got %v, want %s", unit, err, want)
		}
	}
	if d.longest > 100 {
		t.Errorf("a name of %d bytes was looked up", d.longest)
	}
}

package dialecttest

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// directory holds the recorded site's users: those of a store, and admin's application
// password after the recording created it.
type directory struct {
	*users.Store
	application api.Secret
	made        atomic.Bool
	barrier     atomic.Pointer[barrier]
}

// BySubject implements [users.Directory]. During a barrier it waits for the other callers.
func (d *directory) BySubject(ctx context.Context, subject string) (api.User, error) {
	if m := d.barrier.Load(); m != nil {
		m.wait()
	}
	return d.Store.BySubject(ctx, subject)
}

var (
	_ users.Applications = (*directory)(nil)
	_ users.Phones       = (*directory)(nil)
)

// Phone is the phone number of the user sub1.
const Phone = "+43 (1) 555-0100"

// ByPhone implements [users.Phones].
func (d *directory) ByPhone(ctx context.Context, phone string) (api.User, error) {
	if phone != Phone {
		return api.User{}, api.ErrNotFound
	}
	return d.ByLogin(ctx, "sub1")
}

// FitsApplication implements [users.Applications].
func (d *directory) FitsApplication(ctx context.Context, pw *users.Passwords, u api.User, password api.Secret) (id string, err error) {
	typed := strings.ReplaceAll(password.Reveal(), " ", "")
	if d.made.Load() && u.Login == "admin" && typed == d.application.Reveal() {
		return "", nil
	}
	return "", pw.VerifyNone(ctx, password)
}

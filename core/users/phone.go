package users

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// Phones is the ability of a [Directory] whose users may log in with a phone number, as
// customers of a shop do. [Check] uses it with [CheckOptions.Phone], and only if no user
// has the text as a login.
type Phones interface {
	// ByPhone returns the user with that phone number, as it is stored. Several users may
	// have given the same one: it is that of the user whose login comes first.
	ByPhone(ctx context.Context, phone string) (api.User, error)
}

// byPhone returns [api.ErrNotFound] also for a text that is not a phone number, and for a
// directory without phone numbers.
func byPhone(ctx context.Context, dir Directory, phone string) (u api.User, err error) {
	p, able := api.Capability[Phones](dir)
	if !able || !looksLikePhone(phone) {
		return u, api.ErrNotFound
	}
	defer api.Recover("user directory", dir.Name(), &err)
	u, err = p.ByPhone(ctx, phone)
	if err == nil && (u.Subject == "" || u.Login == "") {
		return api.User{}, api.Fault("user directory %q answered with a user without a subject or login", dir.Name())
	}
	return u, err
}

// looksLikePhone reports whether a text consists of digits and what is usual between them.
func looksLikePhone(text string) bool {
	return strings.ContainsAny(text, "0123456789") && strings.Trim(text, "0123456789 +-()/.#_") == ""
}

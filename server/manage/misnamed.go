package manage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// The reasons of errors that say of what else a text is the name; see also
// [api.ReasonSessionID] and [api.ReasonAPIKeyID].
const (
	ReasonLogin      = "login"
	ReasonSigningKey = "signing_key"
)

// naming words what a name stands for: of errors, of what is ambiguous, and of what is named
// in place of another thing.
type naming struct{ *handler }

// misnamed replaces the error that nothing has a name by one that says of what else it is the
// name, if of anything.
func (h naming) misnamed(ctx context.Context, name string, err error) error {
	unknown := []string{api.ReasonUnknownSession, api.ReasonUnknownAPIKey, api.ReasonUnknownUser, api.ReasonUnknownKey, ReasonUnknownAssertionKey}
	if h.Engine == nil || name == "" || !slices.Contains(unknown, api.ReasonOf(err)) {
		return err
	}
	what, reason := h.kindOf(ctx, name)
	if reason == "" || reason == ReasonLogin && api.ReasonOf(err) == api.ReasonUnknownUser { // of a user of another directory
		return err
	}
	return about(name, api.Wrap(api.Conflict, reason, fmt.Sprintf("nothing was changed: %q is %s", bounded(name), what), err))
}

// kindOf says of what a text is the ID or the login; reason is "" if of nothing that is known
// here.
func (h naming) kindOf(ctx context.Context, name string) (what, reason string) {
	if _, err := h.Engine.Admin().Session(ctx, name); err == nil {
		return "the id of a session", api.ReasonSessionID
	}
	list, err := h.Engine.Admin().KeyAccounts().APIKeys(ctx, "", name, "", pageSize)
	if err == nil && slices.ContainsFunc(list, func(k api.APIKey) bool { return k.ID == name }) {
		return "the id of an API key", api.ReasonAPIKeyID
	}
	if slices.ContainsFunc(h.Engine.Keys().All(), func(k keys.Info) bool { return k.ID == name }) {
		return "the id of a key that signs tokens", ReasonSigningKey
	}
	if keyHandler(h).signsAssertions(ctx, name) {
		return "the id of a key that signs assertions", ReasonAssertionKey
	}
	if _, err := h.Engine.Admin().Account(ctx, name); err == nil {
		return "the login of a user", ReasonLogin
	}
	return "", ""
}

// about sets what an error is about.
func about(name string, e *api.Error) *api.Error {
	e.About = name
	return e
}

// ofDisabled adds the login to the error that an account is disabled, if it can be enabled
// here.
func (h naming) ofDisabled(r *http.Request, login string, err error) error {
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Reason != api.ReasonDisabled || !h.isKeptHere(r.Context(), login) {
		return err
	}
	return about(login, api.Wrap(e.Code, e.Reason, e.Public, err))
}

// isKeptHere reports whether a user is in the directory that can be changed from here.
func (h naming) isKeptHere(ctx context.Context, login string) bool {
	u, err := h.Engine.Admin().Account(ctx, login)
	if err != nil {
		return false
	}
	accounts, err := h.Engine.Admin().Accounts()
	if err != nil {
		return false
	}
	list, err := accounts.List(ctx, u.Number-1, 1)
	return err == nil && len(list) == 1 && list[0].Subject == u.Subject
}

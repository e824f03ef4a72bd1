package manage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// The reasons of errors that say of what else a text is the name; see also
// [api.ReasonSessionID] and [api.ReasonAPIKeyID].
const (
	ReasonLogin      = "login"
	ReasonLogins     = "logins" // a login that several users have, or may have
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
	if reason == "" || (reason == ReasonLogin || reason == ReasonLogins) && api.ReasonOf(err) == api.ReasonUnknownUser { // of a user of another directory
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
	u, err := h.Engine.Admin().Account(ctx, name)
	switch {
	case err != nil:
		return "", ""
	case h.checkUnambiguous(ctx, name, u) != nil:
		others, _ := h.Engine.Admin().Namesakes(ctx, name, u) // of those that answer
		return "a login that several users have, or may have: " + orOf(u, others), ReasonLogins
	}
	return "the login of a user", ReasonLogin
}

// checkUnambiguous refuses a login that users of several directories have, or may have while
// one does not answer: a change or a list would be of one of them, and the operator may mean
// another.
func (h naming) checkUnambiguous(ctx context.Context, login string, u api.User) error {
	if login == u.Subject {
		return nil
	}
	others, err := h.Engine.Admin().Namesakes(ctx, login, u)
	switch subjects := orOf(u, others); {
	case err != nil:
		return api.Wrap(api.Unavailable, ReasonAmbiguous, fmt.Sprintf("nothing was done: a directory does not answer, and may have another user called %q: name this one by the subject, %s", bounded(login), subjects), err)
	case len(others) > 0:
		return api.E(api.Conflict, ReasonAmbiguous, fmt.Sprintf("nothing was done: several users are called %q: name one by the subject, %s", bounded(login), subjects))
	}
	return nil
}

// orOf lists the subjects of a user and of others.
func orOf(u api.User, others []string) string {
	return strings.Join(append([]string{u.Subject}, others...), " or ")
}

// ReasonAmbiguous says that several users have, or may have, the login that was given.
const ReasonAmbiguous = "ambiguous_login"

// ReasonUnlooked says that a user cannot be looked up while a directory does not answer.
const ReasonUnlooked = "directory_unavailable"

// unlooked returns the error that a user cannot be looked up. It is about a subject that needs
// no lookup to be revoked, and about nothing if a login was given.
func (h naming) unlooked(ctx context.Context, who string, err error) error {
	e := api.Wrap(api.Unavailable, ReasonUnlooked, "nothing was done", err)
	if _, _, unknown := h.Engine.Admin().FindSubject(ctx, who); unknown == nil {
		return about(who, e)
	}
	return e
}

// nameOf returns what commands take for a user: the login, unless it is ambiguous or the
// subject of another user.
func (h naming) nameOf(ctx context.Context, u api.User) string {
	found, err := h.Engine.Admin().Account(ctx, u.Login)
	if err != nil || found.Subject != u.Subject || h.checkUnambiguous(ctx, u.Login, u) != nil {
		return u.Subject
	}
	return u.Login
}

// ofReadOnly adds the name of a user to the error that they cannot be changed from here.
func (h naming) ofReadOnly(name string, err error) error {
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Reason != api.ReasonReadOnly {
		return err
	}
	return about(name, api.Wrap(e.Code, e.Reason, e.Public, err))
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

package core

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/operator"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/users"
)

// Admin administers users, API keys, sessions and signing keys, and does the upkeep. It
// asks for no proof of who administers: whoever lends it to somebody has to. Get it from
// [Engine.Admin]. It is safe for concurrent use.
type Admin struct{ e *Engine }

// Admin returns what administers the engine.
func (e *Engine) Admin() *Admin { return &e.admin }

// Policy returns the policy in force, with the defaults of what it left out. Its lists are
// copies, also those of its members; what else they refer to, such as methods, keys and
// hooks, is the engine's own and must not be changed.
func (a *Admin) Policy() Policy { return a.e.env.Policy.Load().Source.Clone() }

// FindSubject returns whose login name, e-mail address or subject it is, enabled or
// not; NotFound if nobody's. A user of an external issuer is "issuer:<name>:<sub>",
// and is known to the issuer alone.
func (a *Admin) FindSubject(ctx context.Context, who string) (subject, login string, err error) {
	return a.e.operator.FindSubject(ctx, who)
}

// LoginOf is the login of a subject, enabled or not; "" if it cannot be told.
func (a *Admin) LoginOf(ctx context.Context, subject string) string {
	return a.e.env.Dirs.LoginOf(ctx, subject)
}

// SessionState returns the state of a session: whether its refresh token is taken.
// The error is for a directory that does not answer.
func (a *Admin) SessionState(ctx context.Context, s api.Session) (State, error) {
	return a.e.standing.OfSession(ctx, s)
}

// EndSession ends a session and all tokens of it; an unknown one is NotFound.
func (a *Admin) EndSession(ctx context.Context, id, reason, actor string) error {
	return a.e.revoker.EndSessionOf(ctx, id, reason, actor)
}

// LiveSessions lists the sessions of a subject whose refresh tokens are taken, up to a
// thousand, the one that was begun first coming first.
func (a *Admin) LiveSessions(ctx context.Context, subject string) ([]api.Session, error) {
	return a.e.standing.LiveSessions(ctx, subject)
}

// LiveAPIKeys counts the API keys of a subject that are accepted, of the first thousand.
// The error is for a store or a directory that does not answer.
func (a *Admin) LiveAPIKeys(ctx context.Context, subject string) (n int, err error) {
	return a.e.standing.LiveAPIKeys(ctx, subject)
}

// RevokeCredential revokes the access token, the session of the refresh token, or the
// API key that the text is, and looks whether it is refused from then on. Unlike
// [Tokens.RevokeToken] it tells when there was nothing to revoke: NotFound for what
// will not be accepted anyway, Conflict for what was revoked before; what lives on of
// the latter is filled in. What is refused only for now, since it does not count yet or
// its user is disabled, is revoked.
func (a *Admin) RevokeCredential(ctx context.Context, text api.Secret, reason, actor string) (Revoked, error) {
	return a.e.operator.RevokeCredential(ctx, text, reason, actor)
}

// RevokeUser is [Tokens.LogoutAll] for an operator, who is told what was hit. who is a
// login name, an e-mail address, a subject, or "issuer:<name>:<sub>" for a user of an
// external issuer; nobody is NotFound.
func (a *Admin) RevokeUser(ctx context.Context, who, reason, actor string) (Revoked, error) {
	return a.e.operator.RevokeUser(ctx, who, reason, actor)
}

// RevokeAPIKeyID is [Accounts.RevokeAPIKey] for an operator, who is told what was hit:
// Conflict for a key that was revoked before, by itself or with others, or has expired.
func (a *Admin) RevokeAPIKeyID(ctx context.Context, id, reason, actor string) (Revoked, error) {
	return a.e.operator.RevokeAPIKeyID(ctx, id, reason, actor)
}

// RevokeSessionID is [Admin.EndSession] for an operator, who is told what was hit:
// Conflict for a session that had ended with all its tokens before, by itself or with
// others. One of which tokens may live on, as after a logout with KeepOnLogout, is ended once more.
func (a *Admin) RevokeSessionID(ctx context.Context, id, reason, actor string) (Revoked, error) {
	return a.e.operator.RevokeSessionID(ctx, id, reason, actor)
}

// RevokeTokenID revokes a token of which only the jti is known: ours, or with the name
// of an external issuer one of theirs. "issuer:<name>:<jti>", as [Revoked] gives the id
// of theirs, names the issuer too. Tokens are kept nowhere, so that nobody can tell
// whether there was one; the id of a session or an API key is Conflict.
func (a *Admin) RevokeTokenID(ctx context.Context, issuer, id, reason, actor string) (Revoked, error) {
	return a.e.operator.RevokeTokenID(ctx, issuer, id, reason, actor)
}

// IsForeignSubject reports whether a subject is that of a user of an external issuer:
// "issuer:<name>:<sub>".
func IsForeignSubject(subject string) bool {
	issuer, sub := operator.CutForeign(subject)
	return issuer != "" && sub != ""
}

// Sessions lists up to limit sessions of a subject ("": everybody's) with an id
// above after, by id, those that have ended too.
func (a *Admin) Sessions(ctx context.Context, subject, after string, limit int) ([]api.Session, error) {
	list, err := a.e.env.Families.List(ctx, subject, after, limit)
	return list, storeerr.Session(err, "")
}

// Session returns the session with an id, one that has ended too; an unknown one is
// NotFound.
func (a *Admin) Session(ctx context.Context, id string) (api.Session, error) {
	s, err := a.e.env.Families.Session(ctx, id)
	return s, storeerr.Session(err, id)
}

// HashForms asks every directory which forms of hashes its users have. It may read
// all users. Errors come with what the other directories answered.
func (a *Admin) HashForms(ctx context.Context) ([]DirectoryForms, error) {
	var list []DirectoryForms
	var errs []error
	for _, d := range a.e.env.Dirs.All {
		forms, err := users.HashForms(ctx, d)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, DirectoryForms{d.Name(), forms})
	}
	return list, errors.Join(errs...)
}

// CountHashForms has tries of passwords cost what the dearest hash does; see
// [users.Passwords.CountForms].
func (a *Admin) CountHashForms(ctx context.Context) error {
	return a.e.passwords.CountForms(ctx, a.e.env.Dirs.All...)
}

// DirectoryForms are the forms of the password hashes in one directory.
type DirectoryForms struct {
	Directory string
	Forms     []users.HashForm // nil where the directory cannot tell
}

// The reasons of [Admin.RevokeTokenID] for ids that are no token's.
const (
	ReasonSessionID    = api.ReasonSessionID
	ReasonAPIKeyID     = api.ReasonAPIKeyID
	ReasonSessionLives = api.ReasonSessionLives
)

package core

import (
	"context"
	"errors"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/operator"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/users"
)

// Admin administers users, API keys, sessions and signing keys, and does the upkeep. It
// does not authenticate its caller: that is up to the code that exposes it. Get it from
// [Engine.Admin]. It is safe for concurrent use.
type Admin struct{ e *Engine }

// Admin returns the administration of the engine.
func (e *Engine) Admin() *Admin { return &e.admin }

// Policy returns the policy in force, with defaults filled in. Its lists are deep copies,
// but what they refer to (methods, keys, hooks) is the engine's own and must not be changed.
func (a *Admin) Policy() Policy { return a.e.env.Policy.Load().Source.Clone() }

// FindSubject returns the subject and login of the user with that subject, login name or
// e-mail address, enabled or not, and NotFound if there is none. A user of an external issuer
// is "issuer:<name>:<sub>"; whether such a user exists is not checked. If the directory that
// owns a subject does not answer, the subject is returned without a login.
func (a *Admin) FindSubject(ctx context.Context, who string) (subject, login string, err error) {
	return a.e.operator.FindSubject(ctx, who)
}

// LoginOf returns the login of a subject, enabled or not, or "" if it is unknown.
func (a *Admin) LoginOf(ctx context.Context, subject string) string {
	return a.e.env.Dirs.LoginOf(ctx, subject)
}

// BlockedUntil returns until when failed passwords delay logins of a user: at the address
// that waits longest, or at all addresses without a recent success. Zero means that nothing
// delays them. Other nodes count separately.
func (a *Admin) BlockedUntil(u api.User) time.Time {
	var wait time.Duration
	for _, d := range a.e.env.Dirs.Homes(u.Subject) {
		wait = max(wait, a.e.logins.Blocked(a.e.env.Dirs.AccountOf(d.Name(), u.Subject, u.Number)))
	}
	if wait > 0 {
		return a.e.env.Now().Add(wait)
	}
	return time.Time{}
}

// SessionState returns the state of a session: whether its refresh token is accepted. It
// fails only if a directory does not answer.
func (a *Admin) SessionState(ctx context.Context, s api.Session) (State, error) {
	return a.e.standing.OfSession(ctx, s)
}

// EndSession ends a session and all its tokens. An unknown one is NotFound.
func (a *Admin) EndSession(ctx context.Context, id, reason, actor string) error {
	return a.e.revoker.EndSessionOf(ctx, id, reason, actor)
}

// LiveSessions lists up to a thousand sessions of a subject whose refresh tokens are
// accepted, oldest first.
func (a *Admin) LiveSessions(ctx context.Context, subject string) ([]api.Session, error) {
	return a.e.standing.LiveSessions(ctx, subject)
}

// LiveAPIKeys counts the accepted API keys of a subject, looking at a thousand at most. It
// fails only if the store or a directory does not answer.
func (a *Admin) LiveAPIKeys(ctx context.Context, subject string) (n int, err error) {
	return a.e.standing.LiveAPIKeys(ctx, subject)
}

// RevokeCredential revokes an access token, the session of a refresh token, or an API key,
// and verifies that it is refused afterwards. Unlike [Tokens.RevokeToken] it reports when
// there was nothing to revoke: NotFound for what is not accepted anyway, Conflict for what
// is already revoked; in that case the result says what is still accepted. A credential
// that is refused only temporarily, because it is not valid yet or its user is disabled, is
// revoked.
func (a *Admin) RevokeCredential(ctx context.Context, text api.Secret, reason, actor string) (Revoked, error) {
	return a.e.operator.RevokeCredential(ctx, text, reason, actor)
}

// RevokeUser is [Tokens.LogoutAll] for an operator and reports what it revoked. who is a
// login name, an e-mail address, a subject, or "issuer:<name>:<sub>" for a user of an
// external issuer. An unknown user is NotFound, unless who is a subject of whom sessions or
// API keys are still stored.
func (a *Admin) RevokeUser(ctx context.Context, who, reason, actor string) (Revoked, error) {
	return a.e.operator.RevokeUser(ctx, who, reason, actor)
}

// RevokeAPIKeyID is [Accounts.RevokeAPIKey] for an operator and reports what it revoked. It
// returns Conflict for a key that has expired or is already revoked, alone or with others.
func (a *Admin) RevokeAPIKeyID(ctx context.Context, id, reason, actor string) (Revoked, error) {
	return a.e.operator.RevokeAPIKeyID(ctx, id, reason, actor)
}

// RevokeSessionID is [Admin.EndSession] for an operator and reports what it revoked. It
// returns Conflict for a session that has already ended with all its tokens, alone or with
// others. A session whose tokens may still be valid, as after a logout with KeepOnLogout,
// is ended again.
func (a *Admin) RevokeSessionID(ctx context.Context, id, reason, actor string) (Revoked, error) {
	return a.e.operator.RevokeSessionID(ctx, id, reason, actor)
}

// RevokeTokenID revokes a token by its jti alone: one of ours, or of the external issuer
// with the given name. "issuer:<name>:<jti>", the form of the id in [Revoked], names the
// issuer as well. Tokens are not stored, so it is unknown whether the token existed; the id
// of a session or an API key is Conflict.
func (a *Admin) RevokeTokenID(ctx context.Context, issuer, id, reason, actor string) (Revoked, error) {
	return a.e.operator.RevokeTokenID(ctx, issuer, id, reason, actor)
}

// IsExternalSubject reports whether a subject belongs to a user of an external issuer, as in
// "issuer:<name>:<sub>".
func IsExternalSubject(subject string) bool {
	issuer, sub := operator.CutExternal(subject)
	return issuer != "" && sub != ""
}

// Sessions lists up to limit sessions of a subject ("": all subjects) whose id is greater
// than after, ordered by id, including ended ones.
func (a *Admin) Sessions(ctx context.Context, subject, after string, limit int) ([]api.Session, error) {
	list, err := a.e.env.Families.List(ctx, subject, after, limit)
	return list, storeerr.Session(err, "")
}

// Session returns the session with an id, even if it has ended. An unknown one is NotFound.
func (a *Admin) Session(ctx context.Context, id string) (api.Session, error) {
	s, err := a.e.env.Families.Session(ctx, id)
	return s, storeerr.Session(err, id)
}

// HashForms returns, for each directory, which password hash formats its users have. It may
// read all users. If a directory fails, the error is returned together with the results of
// the others.
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

// CountHashForms sets the cost of a password check to that of the most expensive hash in
// use; see [users.Passwords.CountForms].
func (a *Admin) CountHashForms(ctx context.Context) error {
	return a.e.passwords.CountForms(ctx, a.e.env.Dirs.All...)
}

// DirectoryForms are the forms of the password hashes in one directory.
type DirectoryForms struct {
	Directory string
	Forms     []users.HashForm // nil if the directory does not report them
}

// The reasons of [Admin.RevokeTokenID] for ids that do not belong to a token.
const (
	ReasonSessionID    = api.ReasonSessionID
	ReasonAPIKeyID     = api.ReasonAPIKeyID
	ReasonSessionLives = api.ReasonSessionLives

	// ReasonUncounted: it was revoked, and what else of the user is valid could not be counted.
	ReasonUncounted = api.ReasonUncounted
)

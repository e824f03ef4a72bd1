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

// Accounts returns the administration of the first directory that can be
// written; an error if there is none.
func (a *Admin) Accounts() (*Accounts, error) { return a.e.accounts() }

// KeyAccounts is [Admin.Accounts] also where no directory can be changed: API keys are
// the store's, whoever keeps the users. Changes of users are refused there.
func (a *Admin) KeyAccounts() *Accounts { return a.e.keyAccounts() }

// Account returns the user with that login name or e-mail address, also one who is
// disabled.
func (a *Admin) Account(ctx context.Context, login string) (api.User, error) {
	return a.e.findAccount(ctx, login)
}

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

// HashForms asks every directory which forms of hashes its users have. It may read
// all users. Errors come with what the other directories answered.
func (a *Admin) HashForms(ctx context.Context) ([]DirectoryForms, error) {
	return a.e.hashForms(ctx)
}

// CountHashForms has tries of passwords cost what the dearest hash does; see
// [users.Passwords.CountForms].
func (a *Admin) CountHashForms(ctx context.Context) error {
	return a.e.countHashForms(ctx)
}

// Sessions lists up to limit sessions of a subject ("": everybody's) with an id
// above after, by id, those that have ended too.
func (a *Admin) Sessions(ctx context.Context, subject, after string, limit int) ([]api.Session, error) {
	return a.e.sessions(ctx, subject, after, limit)
}

// Session returns the session with an id, one that has ended too; an unknown one is
// NotFound.
func (a *Admin) Session(ctx context.Context, id string) (api.Session, error) {
	return a.e.session(ctx, id)
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
// would not be accepted anyway, Conflict for what was revoked before; what lives on of
// the latter is filled in.
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

// RotateKeys begins to replace the active signing key, as actor asks; see
// [keys.Ring.Rotate].
func (a *Admin) RotateKeys(ctx context.Context, actor string) error {
	return a.e.rotateKeys(ctx, actor)
}

// RevokeKey takes a signing key out at once, with every token that it signed. A key
// that is not there, or is given by the configuration, is an error, and then nothing is
// revoked: Conflict for one that was revoked before.
func (a *Admin) RevokeKey(ctx context.Context, kid, actor string) error {
	return a.e.revokeKey(ctx, kid, actor)
}

// RevokedKeys returns the ids of keys in the ring that were revoked, as after an older
// file of keys was restored: what they sign is refused.
func (a *Admin) RevokedKeys() []string { return a.e.revokedKeys() }

// OwnSecrets lists the layouts with a key of their own, in their order. Those of
// external issuers are not ours.
func (a *Admin) OwnSecrets() []OwnSecret { return a.e.ownSecrets() }

// Upkeep does what must be done every few seconds: it moves signing keys along
// their schedule, also after another process changed them, stores when API keys were
// last used, and sees to it that revocations are kept as long as tokens live. What failed
// is as it was, and the rest is done all the same. The engine calls it by itself; see
// Config.UpkeepEvery.
func (a *Admin) Upkeep(ctx context.Context) error {
	return a.e.upkeep(ctx)
}

// Prune forgets sessions that are over. The engine calls it by itself; see
// Config.PruneEvery.
func (a *Admin) Prune(ctx context.Context) error {
	return a.e.prune(ctx)
}

// UnknownRevocations tells how many rows of the revocation log were of a kind
// that this version does not know.
func (a *Admin) UnknownRevocations() int64 { return a.e.unknownRevocations() }

// IsForeignSubject reports whether a subject is that of a user of an external issuer:
// "issuer:<name>:<sub>".
func IsForeignSubject(subject string) bool {
	issuer, sub := operator.CutForeign(subject)
	return issuer != "" && sub != ""
}

// sessions is [Admin.Sessions].
func (e *Engine) sessions(ctx context.Context, subject, after string, limit int) ([]api.Session, error) {
	list, err := e.env.Families.List(ctx, subject, after, limit)
	return list, storeerr.Session(err, "")
}

// session is [Admin.Session].
func (e *Engine) session(ctx context.Context, id string) (api.Session, error) {
	s, err := e.env.Families.Session(ctx, id)
	return s, storeerr.Session(err, id)
}

// hashForms is [Admin.HashForms].
func (e *Engine) hashForms(ctx context.Context) ([]DirectoryForms, error) {
	var list []DirectoryForms
	var errs []error
	for _, d := range e.env.Dirs.All {
		forms, err := users.HashForms(ctx, d)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, DirectoryForms{d.Name(), forms})
	}
	return list, errors.Join(errs...)
}

// countHashForms is [Admin.CountHashForms].
func (e *Engine) countHashForms(ctx context.Context) error {
	return e.passwords.CountForms(ctx, e.env.Dirs.All...)
}

// DirectoryForms are the forms of the password hashes in one directory.
type DirectoryForms struct {
	Directory string
	Forms     []users.HashForm // nil where the directory cannot tell
}

// The reasons of [Admin.RevokeTokenID] for ids that are no token's.
const (
	ReasonSessionID = api.ReasonSessionID
	ReasonAPIKeyID  = api.ReasonAPIKeyID
)

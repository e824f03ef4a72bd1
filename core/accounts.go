package core

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/directory"
	"github.com/cardea-auth/cardea/core/internal/revoke"
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/users"
)

// Accounts administers users and API keys. A change that invalidates credentials is stored
// together with its revocation. It takes effect on this engine before the call returns, and
// on every other node within its polling interval.
type Accounts struct {
	e     *Engine
	users users.Writer
}

// Accounts returns the administration of the first writable directory, or an error if there
// is none.
func (a *Admin) Accounts() (*Accounts, error) {
	for _, d := range a.e.env.Dirs.All {
		if w, ok := users.WriterOf(d); ok {
			return &Accounts{a.e, w}, nil
		}
	}
	return nil, storeerr.ReadOnly()
}

// ByLogin finds a user by login name or e-mail address.
func (a *Accounts) ByLogin(ctx context.Context, login string) (api.User, error) {
	return a.e.admin.Account(ctx, login)
}

// Account returns the user with that subject, login name or e-mail address, even a disabled
// one. A subject is looked up first, where it belongs. If users of several directories have
// the login, it is that of the first directory; see [Admin.Namesakes].
func (a *Admin) Account(ctx context.Context, login string) (api.User, error) {
	return a.e.env.Dirs.Account(ctx, login)
}

// Directories returns the names of the user directories, in the order in which they are asked.
func (a *Admin) Directories() []string { return a.e.env.Dirs.Names() }

// Namesakes returns the subjects of users of other directories who have the login or e-mail
// address by which a user was found. The same person at other sites of a network is left out.
// If a directory does not answer, it may have another one: that is an error beside the list.
func (a *Admin) Namesakes(ctx context.Context, login string, found api.User) ([]string, error) {
	return a.e.env.Dirs.Namesakes(ctx, login, found)
}

// List returns up to limit users whose number is greater than after, ordered by number.
func (a *Accounts) List(ctx context.Context, after int64, limit int) ([]api.User, error) {
	list, err := a.users.List(ctx, after, limit)
	return list, storeerr.Of(err, api.ReasonUnknownUser, "user", "")
}

// Create adds a user. A subject in the form of another directory or of an external issuer
// is refused, since it would identify that user instead.
func (a *Accounts) Create(ctx context.Context, u users.NewUser, actor string) (api.User, error) {
	if u.Subject != "" && !slices.ContainsFunc(a.e.env.Dirs.Homes(u.Subject), func(d users.Directory) bool {
		_, writes := api.Capability[users.Writer](d)
		return writes
	}) {
		return api.User{}, api.E(api.Invalid, "", fmt.Sprintf("the subject is %.60q, which stands for a user of another directory or issuer: choose another, or leave it out", u.Subject))
	}
	u.Anew = u.Anew || a.wasDeleted(u.Number)
	created, err := a.users.Create(ctx, u)
	if err != nil {
		return created, err
	}
	a.changed(ctx, created, "created", actor)
	return created, nil
}

// SetPassword replaces a user's password.
func (a *Accounts) SetPassword(ctx context.Context, subject string, password api.Secret, actor string) error {
	begun := a.e.revoker.Begin(subject)
	u, err := a.users.SetPassword(ctx, subject, password, actor)
	return a.done(ctx, begun, u, a.missing(ctx, subject, err), "password", actor)
}

// HasEnded reports whether everything issued to the user, as then describes them, is
// revoked. Which changes of a user revoke is configured; see [users.RevokeOn].
func (a *Accounts) HasEnded(then api.User) bool {
	_, ended := a.e.env.Index.Revoked(&api.Identity{Subject: then.Subject, Gen: then.Gen, Proof: api.Proof{IssuedAt: a.e.env.Now()}})
	return ended
}

// SetDisabled disables or enables a user. Before enabling, it revokes the user's existing
// API keys: what was refused while the user was disabled stays invalid.
func (a *Accounts) SetDisabled(ctx context.Context, subject string, disabled bool, actor string) error {
	if !disabled {
		if err := a.endKeysOfDisabled(ctx, subject, actor); err != nil {
			return storeerr.APIKey(err, "")
		}
	}
	begun := a.e.revoker.Begin(subject)
	u, err := a.users.SetDisabled(ctx, subject, disabled, actor)
	return a.done(ctx, begun, u, a.missing(ctx, subject, err), "disabled", actor)
}

// endKeysOfDisabled revokes the API keys of a user who is disabled.
func (a *Accounts) endKeysOfDisabled(ctx context.Context, subject, actor string) error {
	_, err := a.e.env.Dirs.Holder(ctx, subject)
	switch {
	case api.ReasonOf(err) == api.ReasonDisabled:
		return a.e.revoker.EndKeys(ctx, subject, "user disabled", actor)
	case api.CodeOf(err) == api.Unauthenticated:
		return nil // the change itself reports an unknown user
	}
	return err
}

// SetRoles replaces a user's roles.
func (a *Accounts) SetRoles(ctx context.Context, subject string, roles []string, actor string) error {
	begun := a.e.revoker.Begin(subject)
	u, err := a.users.SetRoles(ctx, subject, roles, actor)
	return a.done(ctx, begun, u, a.missing(ctx, subject, err), "roles", actor)
}

// Update changes a user's fields.
func (a *Accounts) Update(ctx context.Context, subject string, change users.Change, actor string) error {
	begun := a.e.revoker.Begin(subject)
	u, err := a.users.Update(ctx, subject, change, actor)
	return a.done(ctx, begun, u, a.missing(ctx, subject, err), "profile", actor)
}

// Delete removes a user.
func (a *Accounts) Delete(ctx context.Context, u api.User, actor string) error {
	if err := a.missing(ctx, u.Subject, ErrNotFound); api.ReasonOf(err) == api.ReasonReadOnly {
		return err // before anything of the user is revoked
	}
	if err := a.noteNumber(ctx, u.Number, actor); err != nil {
		return err
	}
	if err := a.users.Delete(ctx, u.Subject, actor); err != nil {
		return err
	}
	a.e.env.Obey(ctx)
	ctx = context.WithoutCancel(ctx)
	if err := a.noteNumber(ctx, u.Number, actor); err != nil { // for logins that began, and tokens issued, in the meantime
		return err
	}
	a.e.env.Events.Fire(ctx, a.e.Hooks().UserDeleted, Event{Identity: u.Identity(""), Actor: actor})
	return nil
}

// noteNumber records in the revocation log, for as long as tokens live, that a user with
// that number was deleted. Tokens in plugin formats identify their user by number alone and
// would otherwise be valid for the next user with the same number, also those for which a
// login began before now.
func (a *Accounts) noteNumber(ctx context.Context, number int64, actor string) error {
	at := a.e.env.Now()
	r := api.Revocation{
		Kind: api.RevokeSubject, Key: directory.DeletedNumber(number), MinGen: math.MaxInt64,
		At: at, Expires: at.Add(a.e.env.Remember()), Reason: "number of a deleted user", Actor: actor,
	}
	if err := a.e.env.Store.AppendRevocations(ctx, r); err != nil {
		return api.Wrap(api.Unavailable, "", "the revocation could not be stored", err)
	}
	a.e.env.Index.Apply(r)
	return nil
}

// wasDeleted reports whether a user with that number was deleted and tokens of theirs may
// still be valid.
func (a *Accounts) wasDeleted(number int64) bool {
	_, deleted := a.e.env.Index.Revoked(&api.Identity{Subject: directory.DeletedNumber(number)})
	return number != 0 && deleted
}

// done makes a change of a user take effect.
func (a *Accounts) done(ctx context.Context, begun revoke.Change, u api.User, err error, what, actor string) error {
	if err != nil {
		return err
	}
	a.changed(ctx, u, what, actor)
	return a.e.revoker.Cover(ctx, u, begun, what, actor)
}

func (a *Accounts) changed(ctx context.Context, u api.User, what, actor string) {
	a.e.env.Obey(ctx)
	a.e.env.Events.Fire(ctx, a.e.Hooks().UserChanged, Event{Identity: u.Identity(""), Reason: what, Actor: actor})
}

// NewAPIKey describes an API key to create.
type NewAPIKey struct {
	Subject string
	Name    string
	Roles   []string // a subset of the user's; nil: all
	Scopes  []string
	Life    time.Duration // 0: until revoked
	Rate    int           // calls a minute; 0: no limit
}

// CreateAPIKey creates a key for an enabled user and returns its text, which is not stored.
// A role that the user does not have is Invalid.
func (a *Accounts) CreateAPIKey(ctx context.Context, n NewAPIKey, actor string) (api.Secret, api.APIKey, error) {
	if n.Life < 0 || n.Rate < 0 {
		return "", api.APIKey{}, api.E(api.Invalid, "", "life and rate of an API key must not be negative")
	}
	owner, err := a.e.env.Dirs.User(ctx, n.Subject)
	if err != nil {
		return "", api.APIKey{}, fmt.Errorf("create an API key for %q: %w", n.Subject, err)
	}
	if more := directory.Lacking(n.Roles, owner.Roles); len(more) > 0 {
		return "", api.APIKey{}, api.E(api.Invalid, api.ReasonRole, fmt.Sprintf("the user does not have the role %.60q, and a key cannot give it: choose from %.200q", more[0], owner.Roles))
	}
	text, id, digest, err := credential.NewAPIKey(a.e.env.Rand)
	if err != nil {
		return "", api.APIKey{}, err
	}
	key := api.APIKey{
		ID: id, Digest: digest, Subject: n.Subject, Name: n.Name,
		Roles: n.Roles, Scopes: n.Scopes, RateLimit: n.Rate, Created: a.e.env.Now(),
	}
	if n.Life > 0 {
		key.Expires = key.Created.Add(n.Life)
	}
	if err := a.e.env.Store.CreateAPIKey(ctx, key); err != nil {
		return "", api.APIKey{}, storeerr.APIKey(err, id)
	}
	a.e.env.Events.Fire(ctx, a.e.Hooks().APIKeyCreated, Event{Identity: api.Identity{Subject: n.Subject}, Target: id, Actor: actor})
	return text, key, nil
}

// RotateAPIKey replaces the secret of a key and returns the new text, which is not stored.
// The previous secret stays valid for overlap; one replaced earlier becomes invalid now. An
// unknown id is [ErrNotFound], a revoked key [ErrConflict].
func (a *Accounts) RotateAPIKey(ctx context.Context, id string, overlap time.Duration, actor string) (api.Secret, error) {
	if overlap < 0 || overlap > MaxOverlap {
		return "", api.E(api.Invalid, "", fmt.Sprintf("the overlap of two secrets must be 0 to %d days", MaxOverlap/(24*time.Hour)))
	}
	key, err := a.e.env.Store.APIKey(ctx, id)
	if err != nil {
		return "", storeerr.APIKey(err, id)
	}
	if overlap, err = a.overlapOf(ctx, key, overlap); err != nil {
		return "", err
	}
	text, digest, err := credential.RenewAPIKey(a.e.env.Rand, id)
	if err != nil {
		return "", err
	}
	at := a.e.env.Now()
	r := api.Revocation{ // cached results do not know that the old secret expires
		Kind: api.RefreshUser, Key: key.Subject, At: at, Expires: at.Add(compiled.APIKeyMemory), Reason: "API key rotated", Actor: actor,
	}
	if err := a.e.env.Store.RotateAPIKey(ctx, id, digest, at, at.Add(overlap), r); err != nil {
		return "", storeerr.APIKey(err, id)
	}
	a.e.env.Obey(ctx)
	return text, nil
}

// overlapOf returns how long the old secret of a key stays valid after a rotation: zero if
// it is refused already. A key that would be refused with any secret is not rotated.
func (a *Accounts) overlapOf(ctx context.Context, key api.APIKey, overlap time.Duration) (time.Duration, error) {
	now := a.e.env.Now()
	switch {
	case !key.Revoked.IsZero():
		return 0, storeerr.APIKey(ErrConflict, key.ID)
	case !key.Expires.IsZero() && !now.Before(key.Expires):
		return 0, api.Wrap(api.Conflict, "", fmt.Sprintf("API key %q has expired", key.ID), ErrConflict)
	}
	owner, err := a.e.env.Dirs.User(ctx, key.Subject)
	if err != nil {
		return 0, fmt.Errorf("rotate API key %s: %w", key.ID, err)
	}
	if !a.e.standing.OfSecret(key, key.Digest, owner).Live {
		return 0, nil
	}
	return overlap, nil
}

// MaxOverlap is the longest overlap of [Accounts.RotateAPIKey]. It prevents a rotation from
// creating a permanent second key.
const MaxOverlap = 90 * 24 * time.Hour

// APIKeys lists up to limit keys of a subject ("": all subjects) whose id or name begins
// with prefix ("": any) and whose id is greater than after, ordered by id. LastUsed
// includes uses on this engine that upkeep has not written yet.
func (a *Accounts) APIKeys(ctx context.Context, subject, prefix, after string, limit int) ([]api.APIKey, error) {
	list, err := a.e.env.Store.FindAPIKeys(ctx, subject, prefix, after, limit)
	for i := range list {
		if used := a.e.env.Uses.Peek(list[i].ID); used.After(list[i].LastUsed) {
			list[i].LastUsed = used
		}
	}
	return list, storeerr.APIKey(err, "")
}

// RevokeAPIKey revokes a key.
func (a *Accounts) RevokeAPIKey(ctx context.Context, id, actor string) error {
	return storeerr.APIKey(a.e.revoker.APIKey(ctx, id, "revoked", actor), id)
}

// missing returns the error for a change of a user: err, or read-only if the user is in a
// directory that cannot be changed.
func (a *Accounts) missing(ctx context.Context, subject string, err error) error {
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	for _, d := range a.e.env.Dirs.Homes(subject) {
		if _, writes := users.WriterOf(d); writes {
			continue
		}
		if _, none := d.BySubject(ctx, subject); none == nil {
			return api.E(api.Denied, api.ReasonReadOnly, fmt.Sprintf("the user is in directory %s, which is read-only from here", d.Name()))
		}
	}
	return err
}

// KeyAccounts is [Admin.Accounts], but also works without a writable directory: API keys
// are always in the store. Changes of users are then refused.
func (a *Admin) KeyAccounts() *Accounts {
	if a, err := a.Accounts(); err == nil {
		return a
	}
	return &Accounts{a.e, directory.ReadOnly{}}
}

// APIKeyState returns the state of a key with its newest secret. It fails only if a
// directory does not answer.
func (a *Accounts) APIKeyState(ctx context.Context, key api.APIKey) (State, error) {
	if !key.Revoked.IsZero() {
		return standing.Dead("revoked"), nil // whatever the state of its owner
	}
	owner, err := a.e.env.Dirs.Holder(ctx, key.Subject)
	if err != nil {
		return a.e.standing.OfHeld(ctx, key.Subject, err)
	}
	return a.e.standing.OfKey(key, owner), nil
}

// OldSecretState returns the state of a key with the secret before its last rotation. It
// fails only if a directory does not answer.
func (a *Accounts) OldSecretState(ctx context.Context, key api.APIKey) (State, error) {
	owner, err := a.e.env.Dirs.Holder(ctx, key.Subject)
	if err != nil {
		return standing.OfOwner(err)
	}
	return a.e.standing.OfSecret(key, key.OldDigest, owner), nil
}

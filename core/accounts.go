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
	"github.com/cardea-auth/cardea/core/internal/standing"
	"github.com/cardea-auth/cardea/core/internal/storeerr"
	"github.com/cardea-auth/cardea/core/users"
)

// Accounts is the administration of users and API keys. Every change that must
// kill credentials is stored together with its revocation; this engine obeys it
// when the call returns, every other node within its polling interval.
type Accounts struct {
	e     *Engine
	users users.Writer
}

// Accounts returns the administration of the first directory that can be
// written; an error if there is none.
func (a *Admin) Accounts() (*Accounts, error) {
	for _, d := range a.e.env.Dirs.All {
		if w, ok := users.WriterOf(d); ok {
			return &Accounts{a.e, w}, nil
		}
	}
	return nil, storeerr.ReadOnly()
}

// ByLogin finds a user by login name, or by e-mail address.
func (a *Accounts) ByLogin(ctx context.Context, login string) (api.User, error) {
	return a.e.admin.Account(ctx, login)
}

// Account returns the user with that login name or e-mail address, also one who is
// disabled.
func (a *Admin) Account(ctx context.Context, login string) (api.User, error) {
	return users.Find(ctx, a.e.env.Dirs.All, login)
}

// List returns up to limit users with a number above after, by number.
func (a *Accounts) List(ctx context.Context, after int64, limit int) ([]api.User, error) {
	list, err := a.users.List(ctx, after, limit)
	return list, storeerr.Of(err, api.ReasonUnknownUser, "user", "")
}

// Create adds a user. A subject that has the form of another directory's, or of an
// external issuer's users, is refused: it would stand for that user.
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
	u, err := a.users.SetPassword(ctx, subject, password, actor)
	return a.done(ctx, u, a.missing(ctx, subject, err), "password", actor)
}

// HasEnded reports whether what was issued to a user, as they were then, is revoked. Which
// changes of a user revoke is configured; see [users.RevokeOn].
func (a *Accounts) HasEnded(then api.User) bool {
	_, ended := a.e.env.Index.Revoked(&api.Identity{Subject: then.Subject, Gen: then.Gen, Proof: api.Proof{IssuedAt: a.e.env.Now()}})
	return ended
}

// SetDisabled disables a user or enables them again, which brings nothing back: the
// API keys from before, which were refused meanwhile, are revoked first.
func (a *Accounts) SetDisabled(ctx context.Context, subject string, disabled bool, actor string) error {
	if !disabled {
		if err := a.endKeysOfDisabled(ctx, subject, actor); err != nil {
			return storeerr.APIKey(err, "")
		}
	}
	u, err := a.users.SetDisabled(ctx, subject, disabled, actor)
	return a.done(ctx, u, a.missing(ctx, subject, err), "disabled", actor)
}

// endKeysOfDisabled revokes the API keys of a user who is disabled.
func (a *Accounts) endKeysOfDisabled(ctx context.Context, subject, actor string) error {
	_, err := a.e.env.Dirs.Holder(ctx, subject)
	switch {
	case api.ReasonOf(err) == api.ReasonDisabled:
		return a.e.revoker.EndKeys(ctx, subject, "user disabled", actor)
	case api.CodeOf(err) == api.Unauthenticated:
		return nil // who is unknown is told by the change itself
	}
	return err
}

// SetRoles replaces a user's roles.
func (a *Accounts) SetRoles(ctx context.Context, subject string, roles []string, actor string) error {
	u, err := a.users.SetRoles(ctx, subject, roles, actor)
	return a.done(ctx, u, a.missing(ctx, subject, err), "roles", actor)
}

// Update changes a user's fields.
func (a *Accounts) Update(ctx context.Context, subject string, change users.Change, actor string) error {
	u, err := a.users.Update(ctx, subject, change, actor)
	return a.done(ctx, u, a.missing(ctx, subject, err), "profile", actor)
}

// Delete removes a user.
func (a *Accounts) Delete(ctx context.Context, u api.User, actor string) error {
	if err := a.missing(ctx, u.Subject, ErrNotFound); api.ReasonOf(err) == api.ReasonReadOnly {
		return err // before anything of the user ends
	}
	if err := a.noteNumber(ctx, u.Number, actor); err != nil {
		return err
	}
	if err := a.users.Delete(ctx, u.Subject, actor); err != nil {
		return err
	}
	a.e.env.Obey(ctx)
	a.e.env.Events.Fire(ctx, a.e.Hooks().UserDeleted, Event{Identity: u.Identity(""), Actor: actor})
	return nil
}

// noteNumber has the log remember, for as long as tokens live, that a user of that
// number was deleted: plugins' tokens name their user by number alone, and would be
// those of whoever is given it next.
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

// wasDeleted reports whether a user of that number was deleted while tokens of theirs
// may live.
func (a *Accounts) wasDeleted(number int64) bool {
	_, deleted := a.e.env.Index.Revoked(&api.Identity{Subject: directory.DeletedNumber(number)})
	return number != 0 && deleted
}

func (a *Accounts) done(ctx context.Context, u api.User, err error, what, actor string) error {
	if err != nil {
		return err
	}
	a.changed(ctx, u, what, actor)
	return nil
}

func (a *Accounts) changed(ctx context.Context, u api.User, what, actor string) {
	a.e.env.Obey(ctx)
	a.e.env.Events.Fire(ctx, a.e.Hooks().UserChanged, Event{Identity: u.Identity(""), Reason: what, Actor: actor})
}

// NewAPIKey asks for an API key.
type NewAPIKey struct {
	Subject string
	Name    string
	Roles   []string // of the user's; nil: all
	Scopes  []string
	Life    time.Duration // 0: until revoked
	Rate    int           // calls a minute; 0: no limit
}

// CreateAPIKey makes a key for an enabled user and returns its text, which is
// kept nowhere. A role that the user does not have is Invalid.
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

// RotateAPIKey gives a key another secret and returns the new text, which is kept
// nowhere. The secret before it works on for overlap; one that was replaced
// earlier ends now. An unknown id is [ErrNotFound], a revoked key [ErrConflict].
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
	r := api.Revocation{ // what is remembered of the old secret does not know its end
		Kind: api.RefreshUser, Key: key.Subject, At: at, Expires: at.Add(compiled.APIKeyMemory), Reason: "API key rotated", Actor: actor,
	}
	if err := a.e.env.Store.RotateAPIKey(ctx, id, digest, at, at.Add(overlap), r); err != nil {
		return "", storeerr.APIKey(err, id)
	}
	a.e.env.Obey(ctx)
	return text, nil
}

// overlapOf is how long the secret of a key that is rotated works on: not at all where
// it is refused already. A key with which no secret would work is not rotated.
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

// MaxOverlap is the longest overlap of [Accounts.RotateAPIKey]: it keeps a rotation from becoming a second key.
const MaxOverlap = 90 * 24 * time.Hour

// APIKeys lists up to limit keys of a subject ("": everybody's) whose id or name
// begins with prefix ("": any) and whose id is above after, by id. Uses that upkeep has
// not written yet are in it, as far as they were of this engine.
func (a *Accounts) APIKeys(ctx context.Context, subject, prefix, after string, limit int) ([]api.APIKey, error) {
	list, err := a.e.env.Store.FindAPIKeys(ctx, subject, prefix, after, limit)
	for i := range list {
		if used := a.e.env.Uses.Peek(list[i].ID); used.After(list[i].LastUsed) {
			list[i].LastUsed = used
		}
	}
	return list, storeerr.APIKey(err, "")
}

// RevokeAPIKey takes a key back.
func (a *Accounts) RevokeAPIKey(ctx context.Context, id, actor string) error {
	return storeerr.APIKey(a.e.revoker.APIKey(ctx, id, "revoked", actor), id)
}

// missing is the error of a change of a user, who may be in a directory that cannot be
// changed.
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

// KeyAccounts is [Admin.Accounts] also where no directory can be changed: API keys are
// the store's, whoever keeps the users. Changes of users are refused there.
func (a *Admin) KeyAccounts() *Accounts {
	if a, err := a.Accounts(); err == nil {
		return a
	}
	return &Accounts{a.e, unwritable{}}
}

// APIKeyState returns the state of a key with its newest secret. The error is for a
// directory that does not answer.
func (a *Accounts) APIKeyState(ctx context.Context, key api.APIKey) (State, error) {
	if !key.Revoked.IsZero() {
		return standing.Dead("revoked"), nil // whoever its owner is
	}
	owner, err := a.e.env.Dirs.Holder(ctx, key.Subject)
	if err != nil {
		return a.e.standing.OfHeld(ctx, key.Subject, err)
	}
	return a.e.standing.OfKey(key, owner), nil
}

// OldSecretState returns the state of a key with the secret before its last rotation.
// The error is for a directory that does not answer.
func (a *Accounts) OldSecretState(ctx context.Context, key api.APIKey) (State, error) {
	owner, err := a.e.env.Dirs.Holder(ctx, key.Subject)
	if err != nil {
		return standing.OfOwner(err)
	}
	return a.e.standing.OfSecret(key, key.OldDigest, owner), nil
}

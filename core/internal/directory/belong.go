package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/narrow"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/users"
)

// Which directory an identity belongs to. A number or login name identifies a user in one
// directory only and is never looked up in another; a subject belongs to the directory that
// owns it.

// In returns only the directory with that name, or all if name is "".
func (e *Directories) In(name string) []users.Directory {
	if name == "" {
		return e.All
	}
	i := slices.IndexFunc(e.All, users.Named(name))
	if i < 0 {
		return nil
	}
	return e.All[i : i+1 : i+1]
}

// Homes returns the directories that may contain a subject: its owner, or else those that
// own no subjects. A subject reserved for users outside every directory is in none.
func (e *Directories) Homes(subject string) []users.Directory {
	if isReserved(subject) {
		return nil
	}
	for i, d := range e.All {
		if owner, ok := api.Capability[users.Owner](d); ok && owner.Owns(subject) {
			return e.All[i : i+1 : i+1]
		}
	}
	return e.ownerless
}

// isReserved reports whether a subject is never that of a user in a directory: it belongs
// to an external issuer's user, or to an internal entry of the revocation log.
func isReserved(subject string) bool {
	return strings.HasPrefix(subject, policy.ExternalPrefix) || strings.HasPrefix(subject, deletedPrefix) || subject == session.LongestKey
}

// ownerless returns the directories that do not implement [users.Owner].
func ownerless(all []users.Directory) []users.Directory {
	return slices.DeleteFunc(slices.Clone(all), func(d users.Directory) bool {
		_, owns := api.Capability[users.Owner](d)
		return owns
	})
}

// Owned returns an error if a directory returned a subject that belongs to another one.
func (e *Directories) Owned(directory, subject string) error {
	if subject == "" || !slices.ContainsFunc(e.Homes(subject), users.Named(directory)) {
		return fmt.Errorf("directory %s returned the subject %q, which belongs to another directory", directory, subject)
	}
	return nil
}

// ResolveDirectory sets the directory of an identity if the method or token did not. It
// stays empty for an unknown user.
func (e *Directories) ResolveDirectory(ctx context.Context, p *compiled.Policy, id *api.Identity) error {
	if id.Directory != "" || len(e.All) == 0 || p.External(id) {
		return nil
	}
	if homes := e.Homes(id.Subject); len(homes) == 1 {
		if _, owns := api.Capability[users.Owner](homes[0]); owns {
			id.Directory = homes[0].Name()
			return nil
		}
	}
	found, err := e.Holder(ctx, id.Subject)
	if api.CodeOf(err) == api.Unauthenticated {
		return nil
	}
	id.Directory = found.Directory
	return err
}

// Belongs refuses an identity outside the directory; "" is any.
func Belongs(id *api.Identity, directory string) error {
	if directory != "" && id.Directory != directory {
		return api.E(api.Denied, api.ReasonNotAUser, "you are not a user of this application")
	}
	return nil
}

// CheckResident refuses a token of a token format to an identity outside its directory: the
// number in the token would identify another user.
func (e *Directories) CheckResident(ctx context.Context, p *compiled.Policy, id *api.Identity, format string) error {
	l, ok := p.TokenFormat(format)
	if !ok || l.Directory == "" {
		return nil
	}
	if err := e.ResolveDirectory(ctx, p, id); err != nil {
		return err
	}
	return Belongs(id, l.Directory)
}

// Translate returns the identity of a user in another directory of the same network, where
// the same number identifies the same user. Roles are those at the site that is asked,
// without those that the credential has lost at home. A credential that may do less than
// its user gets no more roles there than at home. Non-members are refused. Outside a
// network, id is returned unchanged.
//
// The number stays that of the home directory and must not be written into a token. all is
// the user's full list of roles there, before restriction.
func (e *Directories) Translate(ctx context.Context, id api.Identity, directory string) (there api.Identity, all []string, err error) {
	if directory == "" || directory == id.Directory || !e.sameNetwork(id.Directory, directory) {
		return id, nil, nil
	}
	home, err := e.Holder(ctx, id.Subject)
	if err != nil {
		return id, nil, err
	}
	found, err := e.UserByNumber(ctx, directory, home.Number)
	if err != nil {
		return id, nil, err
	}
	if !sameUser(&home, &id) || !SameLogin(found.Login, home.Login) {
		return id, nil, api.E(api.Unauthenticated, api.ReasonTokenSubject, "the sites of a network return different users")
	}
	found.Client, found.Scopes, found.Method, found.Proof = id.Client, id.Scopes, id.Method, id.Proof
	all = found.Roles
	left := Lacking(all, Lacking(home.Roles, id.Roles))
	if id.Proof.Narrowed {
		left = narrow.Common(left, id.Roles)
	}
	found.Proof.Narrowed = found.Proof.Narrowed || len(left) < len(all)
	found.Roles = left
	return found, all, e.restrictToKey(ctx, &found)
}

// sameUser reports whether an identity agrees with its entry in the home directory.
func sameUser(home, id *api.Identity) bool {
	return home.Number != 0 && (id.Number == 0 || id.Number == home.Number) && SameLogin(id.Login, home.Login)
}

// SameLogin reports whether two login names from directories belong to the same user. They
// may differ only in the case of ASCII letters.
func SameLogin(a, b string) bool { return api.FoldASCII(a) == api.FoldASCII(b) }

// Lacking returns the elements of list that are not in without.
func Lacking(list, without []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(without, s) })
}

// restrictToKey removes the roles that the API key of an identity does not have.
func (e *Directories) restrictToKey(ctx context.Context, id *api.Identity) error {
	if id.Proof.APIKey == "" {
		return nil
	}
	key, err := e.store.APIKey(ctx, id.Proof.APIKey)
	if err != nil {
		return api.Wrap(api.Unavailable, "", "API keys cannot be checked at the moment", err)
	}
	if key.Roles != nil {
		id.Roles = narrow.Common(id.Roles, key.Roles)
	}
	return nil
}

func (e *Directories) sameNetwork(a, b string) bool {
	network := e.networkOf(a)
	return network != "" && network == e.networkOf(b)
}

func (e *Directories) networkOf(directory string) string {
	for _, d := range e.All {
		if n, ok := api.Capability[users.Networked](d); ok && d.Name() == directory {
			return n.Network()
		}
	}
	return ""
}

// Networks returns the network of each directory, by name.
func (e *Directories) Networks() map[string]string {
	all := map[string]string{}
	for _, d := range e.All {
		all[d.Name()] = e.networkOf(d.Name())
	}
	return all
}

// Networked reports whether two directories are in one network.
func (e *Directories) Networked() bool {
	return slices.ContainsFunc(e.All, func(a users.Directory) bool {
		return slices.ContainsFunc(e.All, func(b users.Directory) bool {
			return a.Name() != b.Name() && e.sameNetwork(a.Name(), b.Name())
		})
	})
}

// ErrAmbiguous is a configuration error: numbers do not identify users.
var ErrAmbiguous = errors.New("the token format identifies users by number and there are several directories: set the directory of its site")

// deletedPrefix is the prefix of the pseudo-subject of a deleted number.
const deletedPrefix = "user number "

// DeletedNumber returns the pseudo-subject for a deleted number in the revocation log.
func DeletedNumber(number int64) string { return fmt.Sprint(deletedPrefix, number) }

// Results of foreign code are validated here, and its panics become errors, which deny.

// checked validates the directories and wraps them.
func checked(list []users.Directory) ([]users.Directory, error) {
	out, names := make([]users.Directory, len(list)), map[string]bool{}
	for i, d := range list {
		c, err := users.Checked(d)
		if err != nil {
			return nil, fmt.Errorf("directory %d: %w", i+1, err)
		}
		if names[c.Name()] {
			return nil, fmt.Errorf("directory %d: name %q is not unique", i+1, c.Name())
		}
		names[c.Name()], out[i] = true, c
	}
	return out, nil
}

// AccountOf returns the key of an account for limits: a user of a network has one account,
// with a different subject at each site.
func (e *Directories) AccountOf(directory, subject string, number int64) string {
	if network := e.networkOf(directory); network != "" && number > 0 {
		return fmt.Sprintf("network %s user %d", network, number)
	}
	return subject
}

// Sisters returns the subjects of the same user at the other sites of a network.
func (e *Directories) Sisters(ctx context.Context, subject string) ([]string, error) {
	var list []string
	for _, home := range e.Homes(subject) {
		if e.networkOf(home.Name()) == "" {
			continue
		}
		u, err := home.BySubject(ctx, subject)
		if errors.Is(err, api.ErrNotFound) {
			continue
		}
		if err != nil {
			return list, fmt.Errorf("find user %q at the other sites: %w", subject, err)
		}
		for _, d := range e.All {
			if d.Name() == home.Name() || !e.sameNetwork(d.Name(), home.Name()) {
				continue
			}
			other, err := d.ByNumber(ctx, u.Number)
			switch {
			case err == nil:
				list = append(list, other.Subject)
			case !errors.Is(err, api.ErrNotFound):
				return list, fmt.Errorf("find user %q in directory %s: %w", subject, d.Name(), err)
			}
		}
	}
	return list, nil
}

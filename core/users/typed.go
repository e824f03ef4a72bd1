package users

import (
	"context"
	"errors"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users/internal/passhash"
)

// LoginReader is the ability of a [Directory] that normalizes login names before the
// lookup. ReadLogin returns the normalized name; it does no I/O.
type LoginReader interface{ ReadLogin(typed string) string }

// Slasher is the ability of a [Directory] whose hashes may be of the password with
// backslashes before quotes, backslashes and NULs, as written by PHP's addslashes. Only
// hashes marked by [WordPress] are tried in this way.
type Slasher interface{ SlashesPasswords() bool }

// readLogin returns the login name that a directory derives from the entered one.
func readLogin(d Directory, typed string) (login string, err error) {
	r, able := api.Capability[LoginReader](d)
	if !able {
		return typed, nil
	}
	defer api.Recover("user directory", d.Name(), &err)
	return r.ReadLogin(typed), nil
}

// slashes reports whether one of the directories may have hashes of slashed passwords.
func slashes(dirs []Directory) bool {
	for _, d := range dirs {
		if s, able := api.Capability[Slasher](d); able && s.SlashesPasswords() {
			return true
		}
	}
	return false
}

// verifySlashed also verifies the slashed form of a password, if it differs and a
// searched directory may use it. To keep timing independent of users, it does so based
// on the password alone, even if the password itself matched.
func (p *Passwords) verifySlashed(ctx context.Context, hash, password api.Secret, verdict error) error {
	if !p.slashed || isBusy(verdict) || !strings.ContainsAny(password.Reveal(), "'\"\\\x00") {
		return verdict
	}
	if !passhash.IsWordPress(hash.Reveal()) {
		hash = ""
	}
	_, err := p.check(ctx, []api.Secret{hash}, addSlashes(password), nil)
	if errors.Is(verdict, ErrMismatch) {
		return err
	}
	return verdict
}

// addSlashes is PHP's addslashes: WordPress adds slashes to request input, and hashes
// passwords from its forms and its REST API in that form.
func addSlashes(password api.Secret) api.Secret {
	return api.Secret(strings.NewReplacer(`\`, `\\`, `'`, `\'`, `"`, `\"`, "\x00", `\0`).Replace(password.Reveal()))
}

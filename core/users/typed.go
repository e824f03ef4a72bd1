package users

import (
	"context"
	"errors"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users/internal/passhash"
)

// LoginReader is the ability of a [Directory] that looks users up by another name than
// the one that is typed. ReadLogin returns it; it touches memory only.
type LoginReader interface{ ReadLogin(typed string) string }

// Slasher is the ability of a [Directory] in which the hash of a password may be that of
// the password with backslashes before its quotes, backslashes and NULs, as PHP's
// addslashes writes them. Only hashes that [WordPress] has marked are tried so.
type Slasher interface{ SlashesPasswords() bool }

// readLogin is what a directory makes of a typed login.
func readLogin(d Directory, typed string) (login string, err error) {
	r, able := api.Capability[LoginReader](d)
	if !able {
		return typed, nil
	}
	defer api.Recover("user directory", d.Name(), &err)
	return r.ReadLogin(typed), nil
}

// slashes reports whether one of the directories may have slashed passwords.
func slashes(dirs []Directory) bool {
	for _, d := range dirs {
		if s, able := api.Capability[Slasher](d); able && s.SlashesPasswords() {
			return true
		}
	}
	return false
}

// verifySlashed tries the slashed form of a password besides, where it has one, and
// where a directory that was asked could have it. Whether it is tried depends on what
// was typed alone, and it is tried also where the password itself fits, so that it
// tells nothing of users.
func (p *Passwords) verifySlashed(ctx context.Context, hash, password api.Secret, verdict error) error {
	if !p.slashed || !strings.ContainsAny(password.Reveal(), "'\"\\\x00") {
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

// addSlashes is PHP's: WordPress slashes what comes in a request, and hashes passwords
// of its forms and its REST API so.
func addSlashes(password api.Secret) api.Secret {
	return api.Secret(strings.NewReplacer(`\`, `\\`, `'`, `\'`, `"`, `\"`, "\x00", `\0`).Replace(password.Reveal()))
}

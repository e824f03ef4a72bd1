package keytext

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/manage"
)

// Next prints when the next key starts to sign, or which key signs now.
func Next(w io.Writer, list manage.KeyList) {
	for _, k := range list.Keys {
		switch k.State {
		case string(keys.Next):
			fmt.Fprintf(w, "Key %s signs from %s. Until then the active one signs; it still verifies after that.\n", k.ID, command.Moment(k.NotBefore))
		case string(keys.Active):
			fmt.Fprintf(w, "Key %s signs.\n", k.ID)
		}
	}
	fmt.Fprintln(w, "If a key leaked, use 'cardea keys revoke KID'.")
}

// Revoked prints what stays valid after a key was revoked.
func Revoked(w io.Writer, list manage.KeyList) {
	if list.WasRevoked {
		fmt.Fprintln(w, "The key was revoked before, and every token that it signed was already refused. It is now removed from the key file.")
	} else {
		fmt.Fprintln(w, "Every token that the key signed is refused. Sessions continue and get tokens signed by another key. API keys stay valid.")
	}
	if list.Revoked != "" && !strings.HasPrefix(list.Revoked, "HS") {
		fmt.Fprintln(w, "They are refused here: an application that verifies with an exported key or a stored JWKS accepts them, and whatever else the key signs, until it has fetched the keys again.")
	}
	MountSecrets(w, list.Mounts)
	tellOlder(w, list)
	fmt.Fprintln(w, "'cardea token revoke --everything' ends the sessions, and revokes everything that was issued.")
}

// tellOlder prints which keys of the same file are left.
func tellOlder(w io.Writer, list manage.KeyList) {
	older := olderKeys(list)
	switch {
	case len(older) > 0:
		fmt.Fprintf(w, "If the key file leaked, revoke each key in it that was created before the leak: %s.\n", strings.Join(older, ", "))
	case len(list.Keys) > 0:
		fmt.Fprintln(w, "This command created the key above: no older key is left.")
	}
}

// RevokedAssertion prints what a revoked assertion key still opens, and which keys of
// the same file are left.
func RevokedAssertion(w io.Writer, list manage.KeyList) {
	for _, k := range list.Keys {
		if k.State == string(keys.Active) {
			fmt.Fprintf(w, "This gateway signs with key %s now.\n", k.ID)
		}
	}
	fmt.Fprintln(w, "Sites know nothing of this: a site believes the old key until its wp-config.php is changed, and refuses this gateway unless it has pinned the key that signs now. "+
		"Paste the output of 'cardea keys export --for assertion' into every wp-config.php, in the place of the old lines.")
	tellOlder(w, list)
}

// olderKeys returns the keys that the revocation did not create, with their creation times.
// Revoked keys are left out, since the tokens that they signed are refused.
func olderKeys(list manage.KeyList) []string {
	var out []string
	for _, k := range list.Keys {
		if k.State != "revoked" && !slices.Contains(list.Made, k.ID) {
			out = append(out, fmt.Sprintf("%s (created %s)", k.ID, command.Moment(k.Created)))
		}
	}
	return out
}

// Given prints what to do about a key that the configuration provides, if it leaked.
func Given(w io.Writer, list manage.KeyList) {
	if list.Given {
		fmt.Fprintln(w, "The key is a setting. If it leaked, write another one there, and restart the server: every token that it signed is refused from then on. Sessions live on: 'cardea token revoke --everything' ends them.")
	}
}

// MountSecrets prints the mounts whose tokens use a secret of their own instead of the
// signing keys, and until when a secret that it has replaced still verifies.
func MountSecrets(w io.Writer, list []manage.MountKey) {
	for _, m := range list {
		does := "signs and verifies"
		if m.Weak {
			does = "verifies but does not sign"
		}
		fmt.Fprintf(w, "The secret of mount %s %s its tokens (%s). It is a setting: 'cardea keys revoke %s' says what to do if it leaked.\n", m.Mount, does, m.Algorithm, command.Argument(m.Mount))
		if !m.PreviousUntil.IsZero() {
			fmt.Fprintf(w, "The secret before it verifies until %s, as secret_previous.\n", command.Moment(m.PreviousUntil))
		}
	}
}

// LeftSecrets prints whose secrets are not listed.
func LeftSecrets(w io.Writer, without command.Without) {
	for _, m := range without.Mounts {
		fmt.Fprintf(w, "A secret of mount %s is not listed, since the mount has a mistake.\n", cmp.Or(m.Name, "?"))
	}
}

// Unrevoked returns the error for a key that was not revoked: a name that none has may be that
// of a mount that is left out.
func Unrevoked(name string, without command.Without, err error) error {
	for _, m := range without.Mounts {
		if api.ReasonOf(err) == api.ReasonUnknownKey && (m.Name == name || m.Name == "") {
			return fmt.Errorf("nothing was changed: no signing key has the id %.60q; mount %q has a mistake, so its secret is not known here. If that leaked, write a new one in its settings and at the site, and restart the server", name, cmp.Or(m.Name, "?"))
		}
	}
	return err
}

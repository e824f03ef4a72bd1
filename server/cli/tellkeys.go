package cli

import (
	"fmt"
	"io"

	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/server/manage"
)

// tellNextKey says from when the next key signs, or which signs now.
func tellNextKey(w io.Writer, list manage.KeyList) {
	for _, k := range list.Keys {
		switch k.State {
		case string(keys.Next):
			fmt.Fprintf(w, "Key %s signs from %s; until then the active one does, and it verifies on after that.\n", k.ID, moment(k.NotBefore))
		case string(keys.Active):
			fmt.Fprintf(w, "Key %s signs.\n", k.ID)
		}
	}
	fmt.Fprintln(w, "For a key that leaked, 'cardea keys revoke KID' is the command.")
}

// tellRevokedKey says what a key that leaked leaves alive.
func tellRevokedKey(w io.Writer, list manage.KeyList) {
	fmt.Fprintln(w, "Every token that the key signed is refused. Sessions live on and get tokens of another key; so do API keys.")
	tellMountSecrets(w, list.Mounts)
	if len(list.Keys) > 0 {
		fmt.Fprintln(w, "If the file of keys leaked, the keys above leaked with it: revoke each. 'cardea token revoke --everything' ends all that was issued.")
	}
}

// tellMountSecrets names the mounts whose tokens the keys do not sign.
func tellMountSecrets(w io.Writer, list []manage.MountKey) {
	for _, m := range list {
		does := "signs and verifies"
		if m.Weak {
			does = "verifies, and does not sign,"
		}
		fmt.Fprintf(w, "The secret of mount %s %s its tokens (%s). It is a setting: 'cardea keys revoke %s' says what to do if it leaked.\n", m.Mount, does, m.Algorithm, m.Mount)
	}
}

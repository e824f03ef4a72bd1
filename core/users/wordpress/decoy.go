package wordpress

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// decoys are hashes that no password fits, in the forms that WordPress writes.
var decoys = [...]string{
	"$wp$2y$10$......................///////////////////////////////",
	"$wp$2y$12$......................///////////////////////////////",
	"$P$B........//////////////////////",
	"$2y$10$......................///////////////////////////////",
}

// Decoy returns a hash of the form that most of the last thousand users have, for
// [users.PasswordConfig].Nobody; no password fits it. Without users, or with other
// forms, it is WordPress's own of today.
func (d *Directory) Decoy(ctx context.Context) (api.Secret, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	rows, err := d.db.QueryContext(ctx, d.ask.forms)
	if err != nil {
		return "", unavailable("count the forms of hashes", err)
	}
	defer rows.Close()
	var count [len(decoys)]int
	for rows.Next() {
		var hash string
		if err := rows.Scan(&hash); err != nil {
			return "", unavailable("count the forms of hashes", err)
		}
		for i, decoy := range decoys {
			if form, _, _ := strings.Cut(decoy, "."); strings.HasPrefix(hash, form) {
				count[i]++
			}
		}
	}
	best := 0
	for i := range count {
		if count[i] > count[best] {
			best = i
		}
	}
	return users.WordPress(api.Secret(decoys[best])), rows.Err()
}

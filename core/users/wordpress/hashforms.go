package wordpress

import (
	"context"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

var _ users.HashCounter = (*Directory)(nil)

// HashForms implements [users.HashCounter]. The database groups the hashes by the part
// before the salt, and returns one of each group.
func (d *Directory) HashForms(ctx context.Context) ([]users.HashForm, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	rows, err := d.db.QueryContext(ctx, d.ask.forms)
	if err != nil {
		return nil, unavailable("count the forms of hashes", err)
	}
	defer rows.Close()
	count := map[users.HashForm]int{}
	for rows.Next() {
		var hash string
		var n int
		if err := rows.Scan(&hash, &n); err != nil {
			return nil, unavailable("count the forms of hashes", err)
		}
		if f, ok := users.FormOf(users.WordPress(api.Secret(hash)), 0); ok {
			count[f] += n
		}
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable("count the forms of hashes", err)
	}
	var list []users.HashForm
	for f, n := range count {
		f.Users = n
		list = append(list, f)
	}
	return list, nil
}

// formsQuestion selects one hash of each form and their number.
const formsQuestion = "SELECT MIN(user_pass), COUNT(*) FROM `{p}users` GROUP BY CAST(CASE" +
	" WHEN user_pass LIKE '$argon2%' THEN SUBSTRING_INDEX(user_pass, '$', 4)" +
	" WHEN user_pass LIKE '$wp$2%' THEN LEFT(user_pass, 10)" +
	" WHEN user_pass LIKE '$2%' THEN LEFT(user_pass, 7)" +
	" WHEN user_pass LIKE '$P$%' OR user_pass LIKE '$H$%' THEN LEFT(user_pass, 4)" +
	" WHEN user_pass LIKE '$1$%' THEN LEFT(user_pass, 3)" +
	" ELSE CONCAT(LEFT(user_pass, 1) IN ('*', '!', '$'), CHAR_LENGTH(user_pass)) END AS BINARY) LIMIT 1000"

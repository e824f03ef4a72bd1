package wordpress

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// row is one user as stored in the tables. The second and third group of fields are not
// read when users are only compared.
type row struct {
	id            int64
	pass, email   string
	status        int64 // 0 in plain WordPress; in BuddyPress 1 is spam, 2 is not activated
	spam, deleted bool  // in networks
	capabilities  sql.NullString

	login, nicename, display string
	registered               sql.NullTime
	first, last              sql.NullString
}

// questions are the SQL statements with table names filled in.
type questions struct {
	byID, byLogin, byEmail string
	byPhone                string
	stamps                 string // ends before the list of ids
	roleNames              string
	superAdmins            string
	applications           string
	forms                  string
}

// mostRows bounds the users that match one login in the database, which ignores
// accents.
const mostRows = 16

func newQuestions(c Config) questions {
	network := "0, 0"
	if c.Site > 0 {
		network = "u.spam, u.deleted"
	}
	in := strings.NewReplacer("{p}", c.Prefix, "{s}", c.sitePrefix(), "{network}", network)
	const meta = "(SELECT m.meta_value FROM `{p}usermeta` m WHERE m.user_id = u.ID AND m.meta_key = '%s' ORDER BY m.umeta_id LIMIT 1)"
	stamp := "SELECT u.ID, u.user_pass, u.user_email, u.user_status, u.user_login, {network}, " + fmt.Sprintf(meta, "{s}capabilities")
	all := stamp + ", u.user_nicename, u.display_name, u.user_registered, " +
		fmt.Sprintf(meta, "first_name") + ", " + fmt.Sprintf(meta, "last_name")
	from := " FROM `{p}users` u WHERE "
	return questions{
		byID:    in.Replace(all + from + "u.ID = ?"),
		byLogin: in.Replace(fmt.Sprintf("%s%su.user_login = ? ORDER BY u.ID LIMIT %d", all, from, mostRows)),
		byEmail: in.Replace(fmt.Sprintf("%s%su.user_email = ? ORDER BY u.ID LIMIT %d", all, from, mostRows)),
		byPhone: in.Replace(fmt.Sprintf("%s%su.ID IN (SELECT p.user_id FROM `{p}usermeta` p WHERE p.meta_key = 'billing_phone' AND CAST(p.meta_value AS BINARY) = ?) ORDER BY u.user_login, u.ID LIMIT %d", all, from, mostRows)),
		stamps:  in.Replace(stamp + from + "u.ID IN "),

		roleNames:    in.Replace("SELECT option_value FROM `{s}options` WHERE option_name = '{s}user_roles'"),
		superAdmins:  in.Replace("SELECT meta_value FROM `{p}sitemeta` WHERE meta_key = 'site_admins'"),
		applications: in.Replace("SELECT meta_value FROM `{p}usermeta` WHERE user_id = ? AND meta_key = '_application_passwords' ORDER BY umeta_id LIMIT 1"),
		forms:        in.Replace(formsQuestion),
	}
}

func (r *row) stampColumns() []any {
	return []any{&r.id, &r.pass, &r.email, &r.status, &r.login, &r.spam, &r.deleted, &r.capabilities}
}

func (r *row) columns() []any {
	return append(r.stampColumns(), &r.nicename, &r.display, &r.registered, &r.first, &r.last)
}

// find returns complete rows. In a network, it omits users who are not members of the
// site.
func (d *Directory) find(ctx context.Context, question string, arg any) ([]row, error) {
	rows, err := d.query(ctx, question, (*row).columns, arg)
	if err != nil {
		return nil, unavailable("look up a user", err)
	}
	return rows, nil
}

func (d *Directory) query(ctx context.Context, question string, columns func(*row) []any, args ...any) ([]row, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	rows, err := d.db.QueryContext(ctx, question, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []row
	for rows.Next() {
		var r row
		if err := rows.Scan(columns(&r)...); err != nil {
			return nil, err
		}
		if d.cfg.Site == 0 || r.capabilities.Valid {
			found = append(found, r)
		}
	}
	return found, rows.Err()
}

// disabled reports whether WordPress or a common extension blocks the user.
func (r row) disabled() bool { return r.status != 0 || r.spam || r.deleted }

// user returns the user without roles and generation.
func (r row) user(subject string) api.User {
	created := time.Time{}
	if r.registered.Valid {
		created = r.registered.Time.UTC()
	}
	return api.User{
		Subject: subject, Number: r.id, Login: r.login, Email: r.email, Nicename: r.nicename, Display: r.display,
		FirstName: r.first.String, LastName: r.last.String, Disabled: r.disabled(),
		Hash: users.WordPress(api.Secret(r.pass)), Created: created, Updated: created,
	}
}

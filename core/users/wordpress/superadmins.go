package wordpress

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-sql-driver/mysql"

	"github.com/cardea-auth/cardea/core/api"
)

// isSuperAdmin reports whether a user has all rights at each site of the network,
// independent of roles. Only networks have such users.
func (d *Directory) isSuperAdmin(ctx context.Context, r row) (bool, error) {
	if d.cfg.Site == 0 {
		return false, nil
	}
	logins, err := d.supers.get(d.cfg.Now(), func() (map[string]bool, error) { return d.readSuperAdmins(ctx) })
	if err != nil {
		return false, fmt.Errorf("option site_admins of the network: %w", err)
	}
	return logins[api.FoldASCII(r.login)], nil
}

// readSuperAdmins returns their logins, in lower case. If the account may not read them
// it returns nil, unless NeedSuperAdmins is set.
func (d *Directory) readSuperAdmins(ctx context.Context) (map[string]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	rows, err := d.db.QueryContext(ctx, d.ask.superAdmins)
	if isOutOfReach(err) && !d.cfg.NeedSuperAdmins {
		d.cfg.Logger.Warn("super administrators are not known: refuse_roles applies to their roles alone", "directory", d.cfg.Name,
			"cure", "GRANT SELECT ON "+d.cfg.Prefix+"sitemeta", "error", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	logins := map[string]bool{}
	for rows.Next() { // one for each network in the tables
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list, err := parsePHP(text)
		if err != nil {
			return nil, err
		}
		entries, ok := list.([]entry)
		if !ok {
			return nil, errors.New("not an array")
		}
		for _, e := range entries {
			if login, ok := e.value.(string); ok {
				logins[api.FoldASCII(login)] = true
			}
		}
	}
	return logins, rows.Err()
}

// isOutOfReach reports whether a table does not exist or the account may not read it.
func isOutOfReach(err error) bool {
	const noTable, denied, columnDenied = 1146, 1142, 1143
	e, ok := errors.AsType[*mysql.MySQLError](err)
	return ok && slices.Contains([]uint16{noTable, denied, columnDenied}, e.Number)
}

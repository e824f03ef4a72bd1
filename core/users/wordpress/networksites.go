package wordpress

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// NetworkSite is a site of a network (multisite).
type NetworkSite struct {
	Number     int64
	Host, Path string // Path begins and ends with a slash
}

// mostSites bounds the sites of a network that are read.
const mostSites = 1000

// noSuchTable is the error number of MySQL and MariaDB for a missing table.
const noSuchTable = 1146

// NetworkSites returns the sites of the network that are not archived, deleted or marked as
// spam, by number, at most 1000; none without a network. The account of the DSN needs SELECT
// on the table blogs.
func (d *Directory) NetworkSites(ctx context.Context) ([]NetworkSite, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	question := fmt.Sprintf("SELECT blog_id, domain, path FROM `%sblogs` WHERE archived = 0 AND deleted = 0 AND spam = 0 ORDER BY blog_id LIMIT %d", d.cfg.Prefix, mostSites)
	rows, err := d.db.QueryContext(ctx, question)
	if answer, ok := errors.AsType[*mysql.MySQLError](err); ok && answer.Number == noSuchTable {
		return nil, nil
	}
	if err != nil {
		return nil, unavailable("read the sites of the network", err)
	}
	defer rows.Close()
	var list []NetworkSite
	for rows.Next() {
		var s NetworkSite
		if err := rows.Scan(&s.Number, &s.Host, &s.Path); err != nil {
			return nil, unavailable("read the sites of the network", err)
		}
		s.Path = "/" + strings.Trim(s.Path, "/") + "/"
		if s.Path == "//" {
			s.Path = "/"
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable("read the sites of the network", err)
	}
	return list, nil
}

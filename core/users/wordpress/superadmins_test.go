package wordpress_test

import (
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users/wordpress"
	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

// testSuperAdmins uses the member that testNetwork left: super administrators
// exist in a network only, and a list that cannot be read is an error where it is
// needed.
func testSuperAdmins(t *testing.T, db *parts.Database) {
	const table = `DROP TABLE IF EXISTS x_sitemeta;
CREATE TABLE x_sitemeta (meta_id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, site_id bigint, meta_key varchar(255), meta_value longtext);`
	defer db.Exec(t, "wp", "DROP TABLE x_sitemeta")
	insert := func(list string) string {
		return table + "INSERT INTO x_sitemeta (site_id, meta_key, meta_value) VALUES (1, 'site_admins', '" + list + "')"
	}
	for _, c := range []struct {
		name, sql string
		site      int64
		needed    bool
		super     bool
		code      api.Code // of the error; "": none
	}{
		{"no table", "DROP TABLE IF EXISTS x_sitemeta", 2, false, false, ""},
		{"no table, and it is needed", "", 2, true, false, api.Unavailable},
		{"no table, and no network", "", 0, true, false, ""},
		{"listed", insert(`a:2:{i:0;s:5:"admin";i:1;s:4:"both";}`), 2, true, true, ""},
		{"listed, at the first site", "", 1, false, true, ""},
		{"in capitals", insert(`a:1:{i:0;s:4:"BOTH";}`), 2, false, true, ""},
		{"of another network", insert(`a:0:{}'), (2, 'site_admins', 'a:1:{i:0;s:4:"both";}`), 2, false, true, ""},
		{"others", insert(`a:1:{i:0;s:5:"admin";}`), 2, true, false, ""},
		{"nobody", table, 2, true, false, ""},
		{"no list", insert(`s:4:"both";`), 2, false, false, api.Unavailable},
		{"no PHP", insert(`both`), 2, false, false, api.Unavailable},
	} {
		if c.sql != "" {
			db.Exec(t, "wp", c.sql)
		}
		d, err := wordpress.Open(t.Context(), wordpress.Config{
			DSN: api.Secret("ro:ro-pass@tcp(" + db.Addr + ")/wp"), Prefix: "x_", Site: c.site, NeedSuperAdmins: c.needed,
			Log: memory.New(), Timeout: 10 * time.Second,
		})
		if err != nil {
			t.Fatal(err)
		}
		u, err := d.ByNumber(t.Context(), 20)
		if u.SuperAdmin != c.super || (err != nil) != (c.code != "") || err != nil && api.CodeOf(err) != c.code {
			t.Errorf("%s: super administrator is %v, %v", c.name, u.SuperAdmin, err)
		}
		d.Close()
	}
}

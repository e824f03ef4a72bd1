package parts

import (
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Database is a MariaDB server with no data but what a test puts in.
type Database struct {
	*Process
	Addr   string // host:port
	client string
	mysqld *exec.Cmd
}

// MariaDB starts a server. Anybody on the loopback may do anything: give the
// program under test a user of its own, see [Database.Exec].
func MariaDB(t testing.TB) *Database {
	t.Helper()
	server := Find(t, "mariadbd", "mariadb-server")
	setup := Find(t, "mariadb-install-db", "mariadb-server")
	db := &Database{client: Find(t, "mariadb", "mariadb-client"), Addr: Port(t)}
	dir := Dir(t)
	Output(t, Command(dir, setup, "--no-defaults", "--datadir="+dir+"/data",
		"--auth-root-authentication-method=normal", "--skip-test-db"))
	db.mysqld = Command(dir, server, db.options(dir)...)
	db.Process = Start(t, db.mysqld, listening(db.Addr))
	return db
}

func (d *Database) options(dir string) []string {
	_, port, _ := net.SplitHostPort(d.Addr)
	return []string{
		"--no-defaults", "--datadir=" + dir + "/data", "--socket=" + filepath.Join(dir, "s"), "--pid-file=" + dir + "/pid",
		"--bind-address=127.0.0.1", "--port=" + port, "--skip-name-resolve",
		// A test does not outlive its machine: no need to wait for the disk.
		"--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=0", "--innodb-buffer-pool-size=128M",
	}
}

// Exec runs SQL statements as root, in the database named, or in none.
func (d *Database) Exec(t testing.TB, database, sql string) string {
	t.Helper()
	cmd := Command(d.Dir, d.client, "--no-defaults", "--default-character-set=utf8mb4", "--skip-column-names",
		"--batch", "--user=root", "--socket="+filepath.Join(d.Dir, "s"), database)
	cmd.Stdin = strings.NewReader(sql)
	return Output(t, cmd)
}

// Restart starts a server that was stopped again, on its data and address.
func (d *Database) Restart(t testing.TB) {
	t.Helper()
	d.mysqld = Command(d.Dir, d.mysqld.Path, d.mysqld.Args[1:]...)
	d.Process = Start(t, d.mysqld, listening(d.Addr))
}

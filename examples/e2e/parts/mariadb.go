package parts

import (
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Database is an empty MariaDB server.
type Database struct {
	*Process
	Addr   string // host:port
	client string
	mysqld *exec.Cmd
}

// MariaDB starts a server. Every user on the loopback has all rights: give the program
// under test its own user, see [Database.Exec].
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
		// The data need not survive a crash: do not wait for the disk.
		"--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=0", "--innodb-buffer-pool-size=128M",
	}
}

// Exec runs SQL statements as root, in the given database or in none ("").
func (d *Database) Exec(t testing.TB, database, sql string) string {
	t.Helper()
	cmd := Command(d.Dir, d.client, "--no-defaults", "--default-character-set=utf8mb4", "--skip-column-names",
		"--batch", "--user=root", "--socket="+filepath.Join(d.Dir, "s"), database)
	cmd.Stdin = strings.NewReader(sql)
	return Output(t, cmd)
}

// Restart starts a stopped server again, with the same data and address.
func (d *Database) Restart(t testing.TB) {
	t.Helper()
	d.mysqld = Command(d.Dir, d.mysqld.Path, d.mysqld.Args[1:]...)
	d.Process = Start(t, d.mysqld, listening(d.Addr))
}

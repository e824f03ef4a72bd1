package parts

import (
	_ "embed"
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

var (
	//go:embed wordpress/wp-config.php
	wpConfig string
	//go:embed wordpress/router.php
	wpRouter string
	//go:embed wordpress/install.php
	wpInstall string
)

// Site is a WordPress that serves URL, with pretty permalinks and the administrator
// "admin" with [AdminPassword].
type Site struct {
	DB  *Database
	Dir string // WordPress files; wp-content/mu-plugins is for must-use plugins
	URL string // http://host:port, without a trailing slash
}

// AdminPassword is the password of the user "admin" of a new [Site].
const AdminPassword = "admin-pass-123"

// WordPress installs Debian's WordPress without a browser and serves it. config is PHP
// that is inserted into wp-config.php; WP_HOME and WP_SITEURL defined there replace the
// site's own address.
func WordPress(t testing.TB, config string) *Site {
	t.Helper()
	files := FindFile(t, "/usr/share/wordpress/wp-load.php", "wordpress", "php-cli", "php-mysql")
	phpCLI(t)
	s := &Site{DB: MariaDB(t), Dir: Dir(t)}
	s.DB.Exec(t, "", `CREATE DATABASE wordpress CHARACTER SET utf8mb4;
		CREATE USER wp@127.0.0.1 IDENTIFIED BY 'wp-db-pass'; GRANT ALL ON wordpress.* TO wp@127.0.0.1;`)
	source := strings.TrimSuffix(files, "wp-load.php")
	// Copied, not linked: PHP resolves links and would load Debian's configuration.
	if out, err := exec.Command("cp", "-rL", source+".", s.Dir).CombinedOutput(); err != nil {
		t.Fatalf("copy WordPress: %v\n%s", err, out)
	}
	addr := Port(t)
	s.URL = "http://" + addr
	Write(t, s.Dir, "wp-config.php", strings.NewReplacer(
		"%DB_HOST%", s.DB.Addr, "%URL%", s.URL, "/*CONFIG*/", config).Replace(wpConfig))
	router := Write(t, s.Dir, "router.php", wpRouter)
	own(t, s.Dir)
	s.Run(t, wpInstall)
	PHP(t, s.Dir, addr, router)
	return s
}

// Run runs PHP code inside WordPress, without its opening tag, and returns its output. It
// runs in a new process, so changes only persist in the database.
func (s *Site) Run(t testing.TB, code string) string {
	t.Helper()
	code = strings.TrimPrefix(code, "<?php")
	script := Write(t, s.Dir, "run.php", fmt.Sprintf("<?php\n$_SERVER['HTTP_HOST'] = %q;\n%s", strings.TrimPrefix(s.URL, "http://"), load(code)))
	return RunPHP(t, s.Dir, script)
}

// load prepends the loading of WordPress, with the definition that an installation needs
// before it.
func load(code string) string {
	const admin = "require_once ABSPATH . 'wp-admin/includes/upgrade.php'; require_once ABSPATH . 'wp-admin/includes/user.php';\n"
	installing := ""
	if strings.Contains(code, "wp_install(") {
		installing = "define('WP_INSTALLING', true);\n"
	}
	return installing + "function wp_mail() { return true; }\nrequire __DIR__ . '/wp-load.php';\n" + admin + code
}

package wordpress

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/core/users"
)

// Config configures a [Directory]. DSN and Log are required.
type Config struct {
	Name    string // name of the directory; default "wordpress"
	Subject string // prefix of subjects, which are this, a colon and the user ID; default "wp"

	// DSN is user:password@tcp(host:3306)/database, with the parameters of
	// github.com/go-sql-driver/mysql. The account needs only SELECT on the tables
	// users, usermeta and options, and in a network on sitemeta.
	DSN    api.Secret
	Prefix string // of the tables; default "wp_"
	// Site is the number of a site in a network (multisite): only its members are users
	// here, with their roles there. 0 means no network.
	Site int64
	// NeedSuperAdmins makes every lookup fail if the network's super administrators
	// cannot be read. It is for engines that restrict administrators.
	NeedSuperAdmins bool

	Log          Log            // the revocation log of the engine's store
	RevokeOn     users.RevokeOn // events that revoke; default all
	MaxTokenLife time.Duration  // maximum token lifetime; default 30 days
	// Every is the time between two comparisons; default 500 ms, which together with
	// the polling of the log applies a revocation within a second.
	Every   time.Duration
	Timeout time.Duration    // of one database query; default 3 s
	Now     func() time.Time // default time.Now
	Logger  *slog.Logger     // default: discard
}

var prefixForm = regexp.MustCompile(`^[A-Za-z0-9_]{1,40}$`)

func (c Config) withDefaults() (Config, error) {
	c.Name = cmp.Or(c.Name, "wordpress")
	c.Subject = cmp.Or(c.Subject, "wp")
	c.Prefix = cmp.Or(c.Prefix, "wp_")
	c.MaxTokenLife = cmp.Or(c.MaxTokenLife, 30*24*time.Hour)
	c.Every = cmp.Or(c.Every, 500*time.Millisecond)
	c.Timeout = cmp.Or(c.Timeout, 3*time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Logger = printable.Logger(c.Logger)
	if c.Log == nil {
		return c, errors.New("no revocation log: set Log to the engine's store")
	}
	if !prefixForm.MatchString(c.Prefix) {
		return c, fmt.Errorf("table prefix %q: use what $table_prefix in wp-config.php says: letters, digits and underscores", c.Prefix)
	}
	if c.Site < 0 {
		return c, fmt.Errorf("site %d: the sites of a network are numbered from 1", c.Site)
	}
	return c, nil
}

// driver parses the DSN and sets the required parameters. Errors do not contain the
// DSN.
func (c Config) driver() (*mysql.Config, error) {
	d, err := mysql.ParseDSN(c.DSN.Reveal())
	if err != nil || d.DBName == "" {
		return nil, errors.New("the DSN is not of the form user:password@tcp(host:3306)/database")
	}
	d.ParseTime = true
	d.MultiStatements, d.AllowAllFiles = false, false
	d.Timeout, d.ReadTimeout, d.WriteTimeout = c.Timeout, c.Timeout, c.Timeout
	d.Logger = &mysql.NopLogger{} // errors are returned, and logged once
	return d, d.Apply(mysql.Charset("utf8mb4", ""))
}

// network identifies the table of users that the sites of a network share; "" without a
// network.
func (c Config) network(d *mysql.Config) string {
	if c.Site == 0 {
		return ""
	}
	return strings.Join([]string{d.Net, d.Addr, d.DBName, c.Prefix}, " ")
}

// sitePrefix returns the prefix of the tables and meta keys of one site. The first site
// of a network has no prefix of its own.
func (c Config) sitePrefix() string {
	if c.Site <= 1 {
		return c.Prefix
	}
	return c.Prefix + strconv.FormatInt(c.Site, 10) + "_"
}

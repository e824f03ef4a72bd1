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

// Config says where the WordPress is. DSN and Log are needed.
type Config struct {
	Name    string // of the directory; default "wordpress"
	Subject string // subjects are this, a colon and the user's id; default "wp"

	// DSN is user:password@tcp(host:3306)/database, with the parameters of
	// github.com/go-sql-driver/mysql. The user needs SELECT on the tables users,
	// usermeta and options, in a network on sitemeta as well, and nothing else.
	DSN    api.Secret
	Prefix string // of the tables; default "wp_"
	// Site is the number of a site in a network (multisite): only its members are
	// users here, with their roles there. 0: no network.
	Site int64
	// NeedSuperAdmins makes every lookup an error where the network's super administrators
	// cannot be read: for engines that refuse administrators something.
	NeedSuperAdmins bool

	Log          Log            // the revocation log of the engine's store
	RevokeOn     users.RevokeOn // events that revoke; default all
	MaxTokenLife time.Duration  // longest life of any token; default 30 days
	// Every is the time between two comparisons; default 500 ms, which with the
	// polling of the log keeps a revocation within a second.
	Every   time.Duration
	Timeout time.Duration    // of one question to the database; default 3 s
	Now     func() time.Time // default time.Now
	Logger  *slog.Logger     // default: silent
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

// driver reads the DSN and sets what this package relies on. Errors do not show
// the DSN.
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

// network names the table of users that the sites of a network share; "" where
// there is no network.
func (c Config) network(d *mysql.Config) string {
	if c.Site == 0 {
		return ""
	}
	return strings.Join([]string{d.Net, d.Addr, d.DBName, c.Prefix}, " ")
}

// sitePrefix begins the names of what belongs to one site: its tables and its
// meta keys. The first site of a network has none of its own.
func (c Config) sitePrefix() string {
	if c.Site <= 1 {
		return c.Prefix
	}
	return c.Prefix + strconv.FormatInt(c.Site, 10) + "_"
}

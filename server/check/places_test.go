package check

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/config"
)

// TestUnlikelySecret: what an editor or a shell adds to a secret is reported, and what a
// person may have written is not.
func TestUnlikelySecret(t *testing.T) {
	const secret = "kT7vQ2mZ9xLr4Wc8Ns1Yp6Hd3Jf5Gb0A"
	for _, tc := range []struct{ secret, says string }{
		{secret, ""},
		{secret + "/+=$\"'# \u00fc", ""},
		{"", ""},
		{"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n", ""},
		{"\n-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n", ""},
		{"\ufeff" + secret, "byte order mark"},
		{"\xff\xfek\x00T\x00", "byte order mark"},
		{"\xfe\xff\x00k\x00T", "byte order mark"},
		{secret + "\r", "line breaks"},
		{secret + "\n" + secret, "line breaks"},
		{secret + "\x00", "control characters"},
		{"\t" + secret, "control characters"},
		{" " + secret, "blanks"},
		{secret + " ", "blanks"},
		{secret + "\u00a0", "blanks"},
		{`"` + secret + `"`, "quotation marks"},
		{"'" + secret + "'", "quotation marks"},
		{"'" + secret, ""},
		{"define('JWT_AUTH_SECRET_KEY', '" + secret + "');", "line of PHP"},
	} {
		err := unlikelySecret(tc.secret)
		if (err != nil) != (tc.says != "") || err != nil && !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%q: %v, want %q", tc.secret, err, tc.says)
		}
	}
}

// TestOwnListener: an upstream that is certainly a listener of this server is found, and no
// other.
func TestOwnListener(t *testing.T) {
	for _, tc := range []struct{ listen, address, want string }{
		{"127.0.0.1:8080", "http://127.0.0.1:8080", "server.listen"},
		{"127.0.0.1:8080", "https://127.0.0.1:8080", "server.listen"},
		{"127.0.0.1:8080", "http://127.0.0.1:8081", ""},
		{"127.0.0.1:8080", "http://127.0.0.1", ""},
		{"127.0.0.1:8080", "http://127.0.0.2:8080", ""},
		{"127.0.0.1:8080", "http://10.0.0.1:8080", ""},
		{"0.0.0.0:8080", "http://127.0.0.1:8080", "server.listen"},
		{"0.0.0.0:8080", "http://localhost:8080", "server.listen"},
		{"0.0.0.0:8080", "http://[::1]:8080", ""}, // IPv4 alone
		{":8080", "http://localhost:8080", "server.listen"},
		{":8080", "http://[::1]:8080", "server.listen"},
		{"localhost:8080", "http://127.0.0.1:8080", "server.listen"},
		{"localhost:8080", "http://127.0.0.2:8080", ""},
		{"localhost:8080", "http://[::1]:8080", ""},
		{"[::]:8080", "http://[::1]:8080", "server.listen"},
		{"[::1]:8080", "http://[::1]:8080", "server.listen"},
		{"0.0.0.0:8080", "http://shop:8080", ""}, // the name may be of another machine
		{"shop:8080", "http://SHOP:8080", "server.listen"},
		{"127.0.0.1:0", "http://127.0.0.1:0", ""},
		{"127.0.0.1:8080", "http://127.0.0.1:9090", "server.admin_listen"},
		{"127.0.0.1:8080", config.DemoUpstream, ""},
	} {
		cfg := &config.Config{}
		cfg.Server.Listen, cfg.Server.AdminListen = tc.listen, "127.0.0.1:9090"
		if got := ownListener(cfg, tc.address); got != tc.want {
			t.Errorf("listen %s, upstream %s: %q, want %q", tc.listen, tc.address, got, tc.want)
		}
	}
}

// TestDatabaseError: whether a database did not answer or refused is told, once, with its
// own words.
func TestDatabaseError(t *testing.T) {
	down := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connect: connection refused")}
	for _, tc := range []struct {
		err  error
		says string
	}{
		{down, "does not answer, so users of wp cannot log in: start it"},
		{context.DeadlineExceeded, "does not answer, so users of wp cannot log in: start it"},
		{errors.New("Error 1045 (28000): Access denied for user 'ro'@'localhost'"), "returns no users, so users of wp cannot log in: correct account"},
		{errors.New("Error 1146 (42S02): Table 'blog.zz_users' doesn't exist"), "returns no users, so users of wp cannot log in: correct account"},
	} {
		err := databaseError("wp", api.Wrap(api.Unavailable, "", "the user directory does not answer", fmt.Errorf("look up a user: %w", tc.err)))
		if text := err.Error(); !strings.Contains(text, tc.says) || !strings.HasSuffix(text, "look up a user: "+tc.err.Error()) || strings.Contains(text, "unavailable") || strings.Contains(text, "directory does not answer") {
			t.Errorf("%v: says %q, want %q", tc.err, text, tc.says)
		}
	}
}

// TestBadStorePath: what is no path of a file is refused as the dsn of SQLite.
func TestBadStorePath(t *testing.T) {
	for _, tc := range []struct{ driver, dsn, says string }{
		{"sqlite", "", ""}, {"sqlite", "x.db", ""}, {"sqlite", "/var/lib/cardea/a@b(1).db", ""}, {"memory", ":memory:", ""},
		{"sqlite", "root:pw@tcp(127.0.0.1:3306)/wp", "database server"}, {"sqlite", "u@unix(/run/mysqld.sock)/wp", "database server"},
		{"sqlite", "postgres://u:pw@db/x", "database server"}, {"sqlite", "host=db user=u", "database server"},
		{"sqlite", ":memory:", "driver: memory"}, {"sqlite", "file:x.db?mode=ro", "URI"}, {"sqlite", "file::memory:", "URI"},
	} {
		err := badStorePath(config.Store{Driver: tc.driver, DSN: api.Secret(tc.dsn)})
		if (err != nil) != (tc.says != "") || err != nil && (!strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "pw")) {
			t.Errorf("%s %s: %v, want %q", tc.driver, tc.dsn, err, tc.says)
		}
	}
}

// TestUnlikelySecrets_shared: a secret of a site that is also the server's own is reported.
func TestUnlikelySecrets_shared(t *testing.T) {
	const secret = "kT7vQ2mZ9xLr4Wc8Ns1Yp6Hd3Jf5Gb0A"
	for own, shared := range map[string]bool{secret: true, secret + "x": false, "": false} {
		cfg := load(t, "keys: {secret: '"+own+"'}\nmounts: [{name: shop, dialect: wpjwt, issuer: 'https://shop.example', secret: "+secret+"}]\n")
		if list := unlikelySecrets(cfg); (len(list) > 0) != shared {
			t.Errorf("%q: %v, want a warning: %t", own, list, shared)
		}
	}
}

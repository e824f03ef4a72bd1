package wordpress

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// TestConfig tests each default and each invalid value.
func TestConfig(t *testing.T) {
	log := memory.New()
	c, err := Config{Log: log}.withDefaults()
	if err != nil || c.Name != "wordpress" || c.Subject != "wp" || c.Prefix != "wp_" || c.MaxTokenLife != 30*24*time.Hour || c.Every != 500*time.Millisecond || c.Timeout != 3*time.Second || c.Now == nil || c.Logger == nil {
		t.Errorf("withDefaults() = %+v, %v; want the documented defaults", c, err)
	}
	own := Config{Name: "n", Subject: "s", Prefix: "p", MaxTokenLife: 1, Every: 2, Timeout: 3, Log: log, Site: 4}
	if c, err = own.withDefaults(); err != nil || c.Name != "n" || c.Subject != "s" || c.Prefix != "p" || c.MaxTokenLife != 1 || c.Every != 2 || c.Timeout != 3 {
		t.Errorf("withDefaults() = %+v, %v; want the values that were set", c, err)
	}
	for want, c := range map[string]Config{
		"no revocation log": {}, `table prefix "a-b"`: {Log: log, Prefix: "a-b"}, "table prefix \"`": {Log: log, Prefix: "`"}, `table prefix "` + strings.Repeat("a", 41): {Log: log, Prefix: strings.Repeat("a", 41)}, "site -1": {Log: log, Site: -1},
	} {
		if _, err := c.withDefaults(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	for dsn, fine := range map[api.Secret]bool{"u:p@tcp(h:1)/db": true, "u:p@tcp(h:1)/": false, "": false, "x": false, "u:p@tcp(h:1)/db?multiStatements=true&allowAllFiles=true": true} {
		d, err := Config{DSN: dsn, Timeout: 3}.driver()
		if (err == nil) != fine || fine && (!d.ParseTime || d.MultiStatements || d.AllowAllFiles || d.Timeout != 3 || d.ReadTimeout != 3 || d.WriteTimeout != 3 || d.Logger == nil) {
			t.Errorf("%s: got %+v, %v; want it accepted: %v", dsn.Reveal(), d, err, fine)
		}
		if err != nil && dsn != "" && strings.Contains(err.Error(), ": "+dsn.Reveal()) {
			t.Errorf("the error contains the DSN: %v", err)
		}
	}
	a, _ := Config{DSN: "u:p@tcp(h:1)/db"}.driver()
	b, _ := Config{DSN: "v:q@tcp(h:1)/db"}.driver()
	other, _ := Config{DSN: "u:p@tcp(h:2)/db"}.driver()
	second, _ := Config{DSN: "u:p@tcp(h:1)/db2"}.driver()
	site := Config{Site: 2, Prefix: "wp_"}
	if site.network(a) == "" || site.network(a) != (Config{Site: 3, Prefix: "wp_"}).network(b) {
		t.Error("two sites of a network are not of one")
	}
	for name, got := range map[string]string{"address": site.network(other), "database": site.network(second), "prefix": Config{Site: 2, Prefix: "x_"}.network(a), "no network": Config{Prefix: "wp_"}.network(a)} {
		if got == site.network(a) {
			t.Errorf("another %s is the same network", name)
		}
	}
	for site, want := range map[int64]string{0: "wp_", 1: "wp_", 2: "wp_2_", 30: "wp_30_"} {
		if got := (Config{Prefix: "wp_", Site: site}).sitePrefix(); got != want {
			t.Errorf("site %d: sitePrefix() = %s, want %s", site, got, want)
		}
	}
}

// TestUnavailable: database errors get a code, and nil stays nil.
func TestUnavailable(t *testing.T) {
	cause := errors.New("gone away")
	if err := unavailable("read", cause); api.CodeOf(err) != api.Unavailable || !errors.Is(err, cause) || !strings.Contains(err.Error(), "WordPress: read: gone away") {
		t.Errorf("unavailable: got %v, want code %s, error %q and an error with %q", err, api.Unavailable, cause, "WordPress: read: gone away")
	}
	if err := notFound("login", "x"); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("notFound(\"login\", \"x\") = %v, want error %q", err, api.ErrNotFound)
	}
}

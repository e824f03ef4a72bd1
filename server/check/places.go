package check

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
)

// places finds a data directory that a shell would expand, and upstreams that are this server
// itself.
func (c *checker) places(cfg *config.Config) {
	if strings.HasPrefix(cfg.Data, "~") || strings.HasPrefix(cfg.Data, "$") {
		c.add("data", fmt.Errorf("%q begins as in a shell, which is not expanded here: write the whole path", cfg.Data))
	}
	c.add("store.dsn", badStorePath(cfg.Store))
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		if own := ownListener(cfg, cfg.Upstreams[name].URL); own != "" {
			c.add("upstreams."+name+".url", fmt.Errorf("is %s of this server, so each request would come back to it: write the address of the application", own))
		}
	}
}

// badStorePath says what is wrong with the dsn of SQLite, which is the path of a file: any
// other text would become its name.
func badStorePath(s config.Store) error {
	dsn := s.DSN.Reveal()
	switch {
	case s.Driver != "sqlite":
		return nil
	case strings.HasPrefix(dsn, "file:"):
		return errors.New("is a URI, must be a path: write it without file: and parameters")
	case strings.HasPrefix(dsn, ":memory:"):
		return errors.New("names no file: write driver: memory, or the path of one")
	case strings.Contains(dsn, "://"), strings.Contains(dsn, "@tcp("), strings.Contains(dsn, "@unix("), strings.Contains(dsn, "host="):
		return errors.New("is the address of a database server, and driver sqlite needs the path of a file: write one, or remove it")
	}
	return nil
}

// ownListener returns the listener that answers at an address, "" if none does.
func ownListener(cfg *config.Config, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	for _, own := range [][2]string{{"server.listen", cfg.Server.Listen}, {"server.admin_listen", cfg.Server.AdminListen}} {
		host, port, err := net.SplitHostPort(own[1])
		if err == nil && port != "0" && port == u.Port() && sameMachine(host, u.Hostname()) {
			return own[0]
		}
	}
	return ""
}

// sameMachine reports whether a listener at host certainly receives connections to target.
// A listener at localhost is one at 127.0.0.1, and one at 0.0.0.0 takes IPv4 alone.
func sameMachine(host, target string) bool {
	if strings.EqualFold(host, target) {
		return true
	}
	at, err := netip.ParseAddr(host)
	to, unnamed := netip.ParseAddr(target)
	switch {
	case host == "" || err == nil && at == netip.IPv6Unspecified():
		return isLoopback(target)
	case err == nil && at == netip.IPv4Unspecified():
		return target == "localhost" || unnamed == nil && to.Is4() && to.IsLoopback()
	}
	return host == "localhost" && target == "127.0.0.1"
}

// unlikelySecrets warns about secrets that contain what an editor or a shell adds unnoticed:
// the site's plugin then has another secret.
func unlikelySecrets(cfg *config.Config) (list config.Problems) {
	for i, m := range cfg.Mounts {
		list = append(list, setting.Problems(fmt.Sprintf("mounts[%d].secret", i), unlikelySecret(m.Common().Secret.Reveal()))...)
		if m.Common().Secret != "" && m.Common().Secret == cfg.Keys.Secret {
			list = append(list, config.Problem{Key: fmt.Sprintf("mounts[%d].secret", i), Text: "is keys.secret, too, so the site can make tokens of this server: write another one in keys.secret"})
		}
		list = append(list, setting.Problems(fmt.Sprintf("mounts[%d].secret_previous", i), unlikelySecret(m.Common().SecretPrevious.Reveal()))...)
	}
	return list
}

// unlikelySecret says what is unlikely in a secret; a text in PEM has lines of its own.
func unlikelySecret(secret string) error {
	const cure = ", which belong to the secret: the site needs exactly the same. If they are not meant, write the secret alone, in one line of UTF-8"
	switch {
	case strings.HasPrefix(strings.TrimSpace(secret), "-----BEGIN "):
		return nil
	case strings.HasPrefix(secret, "\ufeff"), strings.HasPrefix(secret, "\xff\xfe"), strings.HasPrefix(secret, "\xfe\xff"):
		return errors.New("begins with the bytes of a byte order mark" + cure)
	case strings.ContainsAny(secret, "\r\n"):
		return errors.New("contains line breaks" + cure)
	case strings.ContainsFunc(secret, unicode.IsControl):
		return errors.New("contains control characters" + cure)
	case strings.HasPrefix(secret, "define("):
		return errors.New("is a line of PHP and not the text in it" + cure)
	case len(secret) > 1 && strings.ContainsAny(secret[:1], "\"'") && secret[0] == secret[len(secret)-1]:
		return errors.New("begins and ends with quotation marks" + cure)
	case strings.TrimSpace(secret) != secret:
		return errors.New("begins or ends with blanks" + cure)
	}
	return nil
}

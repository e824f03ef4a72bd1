package check

import (
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/suggest"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/mount"
	"github.com/cardea-auth/cardea/server/state"
)

// Warnings returns warnings about a configuration that works but may not be intended, or
// not work for long. They read files and use no network. now is for certificates and the
// ends of secrets.
func Warnings(cfg *config.Config, now time.Time) config.Problems {
	var list config.Problems
	warn := func(key string, err error) { list = append(list, setting.Problems(key, err)...) }
	if c, err := state.LoadTLS(cfg.Server.TLS); err == nil {
		_, soon := state.JudgeValidity(cfg.Server.TLS, c, now)
		warn("server.tls.cert_file", errors.Join(soon, shortKey(c)))
		if c != nil && strings.HasPrefix(cfg.Server.PublicURL, "http://") {
			warn("server.public_url", errors.New("begins with http://, and with server.tls the listener speaks HTTPS alone: write https://"))
		}
	}
	warn("data", exposedDirectory(cfg.Data))
	warn("server.tls.key_file", exposed(cfg.Server.TLS.KeyFile))
	warn("keys.file", exposed(cfg.Keys.File))
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		warn("upstreams."+name+".passwords_file", exposed(cfg.Upstreams[name].PasswordsFile))
	}
	warn("tokens.issuer", issuerWarning(cfg))
	list = append(list, Ineffective(cfg)...)
	list = append(list, MissingSites(cfg)...)
	list = append(list, lifetimeWarnings(cfg)...)
	list = append(list, endedSecrets(cfg, now)...)
	list = append(list, unlikelySecrets(cfg)...)
	list = append(list, keyCertificates(cfg, now)...)
	list = append(list, pluginWarnings(cfg)...)
	if len(cfg.Rules) == 0 && len(cfg.Upstreams) > 0 {
		warn("rules", errors.New("there are none, so every request to an upstream is refused: write one, such as {name: all, path: /**}"))
	}
	if unscoped := RulesWithoutScopes(cfg); len(unscoped) > 0 && len(unscoped) < len(cfg.Rules) && someScopes(cfg) {
		warn("rules", fmt.Errorf("scopes do not restrict a credential at %s, which require none: a key with one scope passes there. Write scopes in each", quotedList(unscoped)))
	}
	return list
}

// leastRSA is the shortest RSA key that clients accept, in bits.
const leastRSA = 2048

// shortKey warns about a certificate whose key clients reject.
func shortKey(c *tls.Config) error {
	if c == nil || c.Certificates[0].Leaf == nil {
		return nil
	}
	if key, ok := c.Certificates[0].Leaf.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < leastRSA {
		return fmt.Errorf("has an RSA key of %d bits, which clients may reject: at least %d are needed", key.N.BitLen(), leastRSA)
	}
	return nil
}

// LintWarnings returns the warnings of [Lint], each with the key of its entry.
func LintWarnings(cfg *config.Config) (list config.Problems) {
	for _, text := range Lint(cfg) {
		list = append(list, config.Problem{Key: lintKey(cfg, text), Text: text})
	}
	return list
}

// exposed warns about a file with a secret that every user of the machine can read.
func exposed(path string) error {
	info, err := os.Stat(path)
	if path == "" || err != nil || runtime.GOOS == "windows" || info.Mode().Perm()&0o004 == 0 {
		return nil
	}
	return fmt.Errorf("every user of this machine can read %s: chmod 600 it", path)
}

// ExposedKeys warns about a key file that users other than the owner can read or write,
// as opening it does.
func ExposedKeys(path string) error {
	info, err := os.Stat(path)
	if path == "" || err != nil || runtime.GOOS == "windows" || info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	return fmt.Errorf("users other than its owner may read or write %s, which holds the keys that sign tokens: chmod 600 it", path)
}

// exposedDirectory warns about a data directory that every user of the machine can read:
// its files are private, but others in it, such as a backup, may not be.
func exposedDirectory(path string) error {
	info, err := os.Stat(path)
	if path == "" || err != nil || runtime.GOOS == "windows" || info.Mode().Perm()&0o005 == 0 {
		return nil
	}
	return fmt.Errorf("every user of this machine can read the directory %s: chmod o-rx it", path)
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// issuerWarning finds an issuer that is not a usable server name: an unspecified address,
// or the default from the listener's address.
func issuerWarning(cfg *config.Config) error {
	iss := mount.Issuer(cfg)
	u, err := url.Parse(iss)
	if err != nil {
		return nil
	}
	const cure = ": write the address that clients know in server.public_url, or in tokens.issuer"
	addr, err := netip.ParseAddr(u.Hostname())
	switch {
	case err == nil && addr.IsUnspecified(), strings.Contains(iss, "://:"):
		return fmt.Errorf("the issuer of tokens is %q, which is not a server's address%s", iss, cure)
	case cfg.Tokens.Issuer == "" && cfg.Server.PublicURL == "" && (!isLoopback(u.Hostname()) || len(cfg.Mounts) > 0):
		return fmt.Errorf("the issuer of tokens is %q, the address of the listener, and changes with it%s", iss, cure)
	}
	return nil
}

// RulesWithoutScopes returns the names of the rules that require no scopes. At these a
// key with restricted scopes passes like any other key of its user.
func RulesWithoutScopes(cfg *config.Config) []string {
	var names []string
	for _, r := range cfg.Rules {
		if r.Access != "public" && len(r.Scopes) == 0 {
			names = append(names, r.Name)
		}
	}
	return names
}

// LikelyRole returns the role that is probably meant by one that no rule names: one that a
// rule names or the administrator, whose name is almost the same. It returns "" if there is
// none.
func LikelyRole(cfg *config.Config, role string) string {
	known := []string{"administrator"}
	for _, r := range cfg.Rules {
		known = append(known, r.Roles...)
	}
	if slices.Contains(known, role) {
		return ""
	}
	return suggest.Nearest(strings.ToLower(role), known, 2)
}

func someScopes(cfg *config.Config) bool {
	for _, r := range cfg.Rules {
		if len(r.Scopes) > 0 {
			return true
		}
	}
	return false
}

// shownNames bounds the names in one warning.
const shownNames = 5

func quotedList(names []string) string {
	var list []string
	for _, name := range names[:min(len(names), shownNames)] {
		list = append(list, fmt.Sprintf("rule %q", name))
	}
	if more := len(names) - shownNames; more > 0 {
		list = append(list, fmt.Sprintf("%d more", more))
	}
	return strings.Join(list, ", ")
}

// lintKey returns the key of the entry that a warning starts with.
func lintKey(cfg *config.Config, text string) string {
	kind, rest, _ := strings.Cut(text, " \"")
	name, _, _ := strings.Cut(rest, "\"")
	switch kind {
	case "upstream":
		return "upstreams." + name
	case "mount":
		for i, m := range cfg.Mounts {
			if m.Name == name {
				return fmt.Sprintf("mounts[%d]", i)
			}
		}
	case "rule":
		for i, r := range cfg.Rules {
			if r.Name == name {
				return fmt.Sprintf("rules[%d]", i)
			}
		}
	}
	return ""
}

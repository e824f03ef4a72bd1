package sitecheck

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/mount"
	"github.com/cardea-auth/cardea/server/state"
)

const noConfig = "no configuration here: give --config"

// settings returns the configuration, or the finding for a check that needs one if there is
// none. The check of the secret reports why a file cannot be read.
func (d doctor) settings() (*config.Config, finding) {
	cfg, err := d.fromFile()
	switch {
	case err != nil:
		return nil, finding{skip: "the configuration cannot be read: see the check of the secret"}
	case cfg == nil:
		return nil, finding{skip: noConfig}
	}
	return cfg, finding{}
}

// issuer compares the mount's issuers with the site's home URL: the plugin accepts only
// tokens whose issuer is exactly its home.
func (d doctor) issuer(context.Context) finding {
	a, f := d.about()
	if a.cfg == nil {
		return f
	}
	issuer, others := mount.IssuerOf(a.cfg, a.mount), a.mount.Common().AcceptIssuers
	if issuer != a.home {
		return finding{
			wrong: fmt.Sprintf("the issuer of mount %s is %s, and the home of the site is %s", a.mount.Name, issuer, a.home),
			seen:  "jwt_auth_bad_iss, or a token that only one of the two accepts",
			cure:  fmt.Sprintf("set issuer: %q at the mount, exactly as in Settings > General; accept_issuers keeps older tokens valid", a.home),
		}
	}
	for _, other := range a.also() {
		if !slices.Contains(others, other) {
			return finding{note: "tokens that name " + other + ", the address of WordPress, are refused: accept_issuers accepts them"}
		}
	}
	return finding{}
}

// proxies looks for signs of a proxy that is not in the configuration.
func (d doctor) proxies(ctx context.Context) finding {
	cfg, missing := d.settings()
	if cfg == nil {
		return missing
	}
	if len(cfg.Server.TrustedProxies) > 0 {
		return finding{}
	}
	r, f := d.look(ctx, http.MethodHead, d.root())
	if f.wrong != "" {
		return finding{skip: f.wrong}
	}
	sign := proxySign(r.header)
	if strings.HasPrefix(d.base, "https:") && cfg.Server.TLS.CertFile == "" {
		sign = "the site uses HTTPS, and server.tls has no certificate"
	}
	if sign == "" {
		return finding{}
	}
	return finding{
		wrong: "there is a proxy in front (" + sign + "), but server.trusted_proxies lists none",
		seen:  "429, since all clients have the proxy's address and share its limits; tokens that are bound to an address are refused",
		cure:  "list the proxy's address in server.trusted_proxies, and have it set X-Forwarded-For",
	}
}

// proxySign returns what shows that a well-known proxy answered, or "".
func proxySign(h http.Header) string {
	for _, name := range []string{"Via", "CF-Ray", "X-Varnish", "X-Served-By", "X-Amz-Cf-Id", "X-Cache", "X-Sucuri-Id"} {
		if h.Get(name) != "" {
			return "the answer has " + name
		}
	}
	return ""
}

// configuration checks for settings that contradict each other or have no effect.
func (d doctor) configuration(context.Context) finding {
	cfg, missing := d.settings()
	if cfg == nil {
		return missing
	}
	if err := check.Check(cfg, d.points...); err != nil {
		return finding{wrong: strings.ReplaceAll(err.Error(), "\n", "; "), seen: "the server does not start again, or a setting has no effect",
			cure: "'cardea config check' shows where each is"}
	}
	var list config.Problems
	for _, p := range check.Faults(cfg, d.now()) {
		if !strings.HasSuffix(p.Key, ".secret") && !strings.HasSuffix(p.Key, ".secret_previous") { // which have a check of their own
			list = append(list, p)
		}
	}
	if err := list.Err(); err != nil {
		return finding{wrong: strings.ReplaceAll(err.Error(), "\n", "; "), seen: "failed connections", cure: "'cardea config check' shows where each is"}
	}
	if n := len(check.Warnings(cfg, d.now())); n > 0 {
		return finding{note: fmt.Sprintf("%d warnings: 'cardea config check' prints them", n)}
	}
	return finding{}
}

// database checks for a store that lost its data, as after restoring only the other files.
func (d doctor) database(ctx context.Context) finding {
	cfg, missing := d.settings()
	if cfg == nil {
		return missing
	}
	if text := state.LostStore(ctx, cfg); text != "" {
		return finding{wrong: text, seen: "401 at logins and with API keys, and tokens that were revoked are accepted",
			cure: "stop the server, and restore the database together with the other files of the backup"}
	}
	return finding{}
}

// tokenKeys checks for a lost key file and for revoked keys that were restored from a
// backup.
func (d doctor) tokenKeys(ctx context.Context) finding {
	cfg, missing := d.settings()
	if cfg == nil {
		return missing
	}
	if cfg.Store.Driver == "memory" || !command.Exists(cfg.Data) {
		return finding{skip: notHere("keys")}
	}
	file, lost, err := state.LostKeys(ctx, cfg)
	switch {
	case err != nil:
		return finding{skip: "cannot check whether keys are missing: " + err.Error()}
	case lost:
		return finding{wrong: file + " is missing, but the store was in use", seen: "401 from the next start on, with tokens that the missing keys signed; refresh tokens, API keys and tokens of mounts with a secret of their own stay valid",
			cure: "restore the file from the backup before the next start; without a backup, let clients refresh or log in again"}
	}
	kids, err := app.RevokedKeys(cfg)
	switch {
	case err != nil:
		return finding{skip: "cannot check whether keys were revoked: " + err.Error()}
	case len(kids) > 0:
		return finding{wrong: "revoked keys are in " + file + " again: " + strings.Join(kids, ", "), seen: "401 for every token that they sign",
			cure: "the file was restored from an older backup than the database: 'cardea keys revoke KID' with each id removes it"}
	}
	return finding{}
}

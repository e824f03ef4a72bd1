package mount

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/netip"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/httpauth"
	"github.com/cardea-auth/cardea/server/internal/setting"
)

// Mounted is an opened dialect with its mount.
type Mounted struct {
	Mount   dialect.Mount
	Dialect dialect.Dialect
	Header  route.HeaderSpec // the mount's own header for credentials
	Traits  dialect.Traits
	Common  dialect.Common // zero for a dialect that replaces no plugin
}

// Open opens the dialects of all mounts. The errors name the mounts that are invalid, and
// a mount whose tokens could not be distinguished from another's.
func Open(cfg *config.Config) ([]Placed[Mounted], error) {
	proxies, err := Trust(cfg.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	var list []Placed[Mounted]
	var errs []error
	for i, m := range cfg.Mounts {
		d, err := newMounted(cfg, m, proxies)
		if err != nil {
			errs = append(errs, &setting.Error{Key: fmt.Sprintf("mounts[%d]", i), Name: m.Name, Err: err})
			continue
		}
		list = append(list, Placed[Mounted]{i, m.Name, d})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return list, checkDistinct(cfg, list)
}

func newMounted(cfg *config.Config, m config.Mount, proxies httpauth.Trust) (Mounted, error) {
	if m.Config == nil {
		return Mounted{}, fmt.Errorf("no dialect is called %q", m.Dialect)
	}
	api, site, err := mountSite(cfg, m)
	if err != nil {
		return Mounted{}, err
	}
	mount := dialect.Mount{
		Name: m.Name, Host: m.Host, Aliases: m.Aliases, Prefix: cmp.Or(api, m.Prefix+m.Traits().Base), WordPress: site, Issuer: IssuerOf(cfg, m), Peer: proxies.Peer,
		CredentialHeaders: credentialHeaders(cfg, m),
	}
	d, err := m.Config.Open(mount)
	if err != nil {
		return Mounted{}, err
	}
	if own := d.TokenFormat().Name != ""; own != m.HasOwnTokens() {
		return Mounted{}, fmt.Errorf("dialect %s: its traits say %v about tokens of its own, its token format says %v", m.Dialect, !own, own)
	}
	if err := checkUserClaims(m, d.TokenFormat()); err != nil {
		return Mounted{}, err
	}
	return Mounted{Mount: mount, Dialect: d, Header: SiteHeader(m), Traits: m.Traits(), Common: m.Common()}, nil
}

// checkUserClaims finds claims that tokens of the mount cannot have.
func checkUserClaims(m config.Mount, format core.TokenFormat) error {
	if format.Name == "" {
		format = core.NativeTokenFormat("")
	}
	return core.UserClaims(m.UserClaims()).Check(format)
}

// IssuerOf returns the iss claim of a mount's tokens.
func IssuerOf(cfg *config.Config, m config.Mount) string {
	return cmp.Or(m.Common().Issuer, Issuer(cfg))
}

// Issuer returns the default iss claim.
func Issuer(cfg *config.Config) string {
	return cmp.Or(cfg.Tokens.Issuer, cfg.Server.PublicURL, "http://"+cfg.Server.Listen)
}

// asStandard returns the attempt with the credential of the mount's header in
// Authorization, unless the rule has its own header.
func (m Mounted) asStandard(a *api.Attempt, d core.Decision) *api.Attempt {
	if d.Rule != nil && d.Rule.Header.Name != "" {
		return a
	}
	moved := *a
	moved.Header = api.Header(asStandard(m.Header, http.Header(a.Header)))
	return &moved
}

// Trust parses server.trusted_proxies, a list of addresses and networks.
func Trust(proxies []string) (httpauth.Trust, error) {
	var t httpauth.Trust
	for i, text := range proxies {
		p, err := netip.ParsePrefix(text)
		if addr, e := netip.ParseAddr(text); e == nil {
			p, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return t, setting.About(fmt.Sprintf("server.trusted_proxies[%d]", i), fmt.Errorf("%.60q is not an address or network", text))
		}
		t.Proxies = append(t.Proxies, p)
	}
	return t, nil
}

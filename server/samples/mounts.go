package samples

import (
	"cmp"
	"net"
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/mount"
)

// OfMounts returns the sites of the mounts that have the dialect; "" is any. address is where
// clients reach the gateway; "" is [PublicURL] with the host of each mount. left are the
// mounts whose dialect does not describe its clients.
func OfMounts(cfg *config.Config, name, address string) (list []Site, left []config.Mount, err error) {
	opened, err := mount.Open(cfg)
	if err != nil {
		return nil, nil, err
	}
	for _, o := range opened {
		m := cfg.Mounts[o.Order]
		if name != "" && m.Dialect != name {
			continue
		}
		d, ok := api.Capability[dialect.ClientDescriber](m.Config)
		if !ok {
			left = append(left, m)
			continue
		}
		list = append(list, Site{
			Name: m.Name, URL: cmp.Or(address, addressOf(cfg, m)), Client: movedTo(d.Client(), m, o.Value.Mount.Base()),
			Header: m.Header.Name, Word: m.Header.Prefix,
		})
	}
	return list, left, nil
}

// movedTo returns the client with the paths of a mount whose API is at base.
func movedTo(c dialect.Client, m config.Mount, base string) dialect.Client {
	for _, at := range []*dialect.Call{&c.Login, &c.Validate, &c.Try, &c.Refresh} {
		rest, below := strings.CutPrefix(at.Path, m.Traits().Base)
		switch {
		case at.Path == "": // no such call
		case below:
			at.Path = base + rest
		default:
			at.Path = strings.TrimSuffix(m.Prefix, "/") + at.Path
		}
	}
	return c
}

// addressOf returns the address of a mount's host.
func addressOf(cfg *config.Config, m config.Mount) string {
	u, err := url.Parse(PublicURL(cfg))
	if err != nil || m.Host == "" {
		return PublicURL(cfg)
	}
	if port := u.Port(); port != "" {
		return u.Scheme + "://" + net.JoinHostPort(m.Host, port)
	}
	return u.Scheme + "://" + m.Host
}

// PublicURL returns where clients reach the gateway, without a trailing slash.
func PublicURL(cfg *config.Config) string {
	scheme := "http://"
	if cfg.Server.TLS.CertFile != "" {
		scheme = "https://"
	}
	return strings.TrimSuffix(cmp.Or(cfg.Server.PublicURL, scheme+cfg.Server.Listen), "/")
}

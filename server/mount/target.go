package mount

import (
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config"
)

// IsSameTarget reports whether two upstreams are the same application: whether their URLs
// are equal after normalization.
func IsSameTarget(cfg *config.Config, a, b string) bool {
	return a == b || targetOf(cfg.Upstreams[a].URL) == targetOf(cfg.Upstreams[b].URL)
}

// targetOf returns an upstream's URL in normalized form. All loopback addresses become
// localhost.
func targetOf(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text // built-in, or reported by Check
	}
	scheme, host, port := strings.ToLower(u.Scheme), strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), u.Port()
	if ip := net.ParseIP(host); ip != nil {
		host = ip.String()
		if ip.IsLoopback() {
			host = "localhost"
		}
	}
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + net.JoinHostPort(host, strings.TrimLeft(port, "0")) + strings.TrimRight(u.EscapedPath(), "/")
}

// IsBehindTarget is like [IsBehind] for the upstream under any of its names.
func IsBehindTarget(cfg *config.Config, upstream string, m config.Mount) bool {
	return IsBehind(cfg, upstream, m) || slices.ContainsFunc(slices.Sorted(maps.Keys(cfg.Upstreams)), func(name string) bool {
		return IsSameTarget(cfg, name, upstream) && IsBehind(cfg, name, m)
	})
}

package app

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config"
)

// isSameTarget reports whether two upstreams are one application under two names: whether
// their URLs are the same, however they are spelled.
func isSameTarget(cfg *config.Config, a, b string) bool {
	return a == b || targetOf(cfg.Upstreams[a].URL) == targetOf(cfg.Upstreams[b].URL)
}

// targetOf is an upstream's URL in one spelling. The names and addresses of this machine
// are one.
func targetOf(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text // a built-in one, or Check tells
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

// isBehindTarget is isBehind for an upstream under whichever of its names.
func isBehindTarget(cfg *config.Config, upstream string, m config.Mount) bool {
	return isBehind(cfg, upstream, m) || slices.ContainsFunc(slices.Sorted(maps.Keys(cfg.Upstreams)), func(name string) bool {
		return isSameTarget(cfg, name, upstream) && isBehind(cfg, name, m)
	})
}

// twoNames finds applications that have two names, by one of which they are protected
// less: users of every directory reach it, or rules read requests in another way.
func twoNames(cfg *config.Config) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		for _, other := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
			if name == other || !isSameTarget(cfg, name, other) {
				continue
			}
			u, o := cfg.Upstreams[name], cfg.Upstreams[other]
			if wanted := cfg.UserDirectoryOf(u); wanted != "" && cfg.UserDirectoryOf(o) == "" {
				out = append(out, fmt.Sprintf("upstream %q is the application of upstream %q, which takes users of directory %s only: users of every directory reach it as %q. Write the same directory for both",
					other, name, wanted, other))
			}
			if isWordPress(cfg, u) && o.WithDefaults().Kind == "other" {
				out = append(out, fmt.Sprintf("upstream %q is the application of upstream %q, which is read as a WordPress, and has kind: other. Write the same kind for both", other, name))
			}
		}
	}
	return out
}

package mount

import (
	"cmp"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
)

// badToken converts on_bad_token to the route's value; "mount" becomes route.Asked.
func badToken(r config.Rule) string {
	if r.OnBadToken == "mount" {
		return route.Asked
	}
	return r.OnBadToken
}

// Rules returns the configured rules, with paths rewritten to the way their WordPress
// reads them, followed by public rules for the exclusions of upstreams.
func Rules(cfg *config.Config) []route.Rule {
	list := make([]route.Rule, len(cfg.Rules))
	read := Readers(cfg)
	for i, r := range cfg.Rules {
		if site, ok := read[r.Upstream]; ok {
			r.Path = site.Pattern(r.Path)
		}
		list[i] = route.Rule{
			Name: r.Name, Host: r.Host, Methods: r.Methods, Path: r.Path, Access: route.Access(r.Access),
			Roles: r.Roles, Scopes: r.Scopes, Directory: RuleDirectory(cfg, r), AcceptsFrom: r.AcceptsFrom, Upstream: r.Upstream, StreamBody: r.Body == "stream", ForwardCredential: r.ForwardCredential, PassAuthorization: r.PassAuthorization, OnRevoke: r.OnRevoke, OnBadToken: badToken(r),
			Header:        route.HeaderSpec{Name: r.Header.Name, Prefix: r.Header.Prefix, RefuseStandard: r.Header.RefuseStandard},
			TrailingSlash: cmp.Or(r.TrailingSlash, cfg.TrailingSlash),
		}
	}
	return append(list, exclusions(cfg, list)...)
}

// RuleDirectory returns the user directory of the rule's upstream; "" is any.
func RuleDirectory(cfg *config.Config, r config.Rule) string {
	u, ok := cfg.Upstreams[r.Upstream]
	if r.Upstream == "" && len(cfg.Upstreams) == 1 {
		for _, only := range cfg.Upstreams {
			u, ok = only, true
		}
	}
	if !ok {
		return ""
	}
	return cfg.UserDirectoryOf(u)
}

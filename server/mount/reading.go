package mount

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Readers returns the readers of the upstreams that are a WordPress, by the names that
// rules use; "" is the only upstream. An upstream of kind auto gets the reader of an
// upstream with the same URL, if there is one.
func Readers(cfg *config.Config) map[string]wordpress.Reader {
	out := map[string]wordpress.Reader{}
	for name, u := range cfg.Upstreams {
		if !IsWordPress(cfg, u) {
			continue
		}
		out[name] = wordpress.Reader{REST: restPaths(cfg, name, u), Scripts: u.PathInfo}
		if len(cfg.Upstreams) == 1 {
			out[""] = out[name]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		if _, known := out[name]; known || cfg.Upstreams[name].WithDefaults().Kind != "auto" {
			continue
		}
		for _, other := range slices.Sorted(maps.Keys(out)) {
			if IsSameTarget(cfg, name, other) {
				out[name] = out[other]
				break
			}
		}
	}
	for name, site := range out {
		site.Network = name != "" && isNetwork(cfg, out, name)
		out[name] = site
	}
	return out
}

// isNetwork reports whether upstreams with the same target have different REST APIs, as those
// of the sites of a network do.
func isNetwork(cfg *config.Config, sites map[string]wordpress.Reader, name string) bool {
	for other, site := range sites {
		if other != "" && IsSameTarget(cfg, name, other) && !slices.Equal(site.REST, sites[name].REST) {
			return true
		}
	}
	return false
}

// Inspectors returns the body inspectors of the upstreams that are a WordPress, by the
// names that rules use. known are the dialects that a configuration can name: their batch
// routes are inspected without a mount, too, since a plugin may be installed without one.
func Inspectors(cfg *config.Config, known map[string]dialect.Opener) map[string]wordpress.Inspector {
	out := map[string]wordpress.Inspector{}
	for name := range Readers(cfg) {
		out[name] = wordpress.Inspector{Batches: batches(cfg, known), Assumed: !IsCertain(cfg, name)}
	}
	return out
}

// IsCertain reports whether the upstream that rules name so, or one with the same URL, is
// said to be a WordPress, by its kind or since it takes an identity as only cardea.php does.
func IsCertain(cfg *config.Config, upstream string) bool {
	for name, u := range cfg.Upstreams {
		u = u.WithDefaults()
		said := u.Kind == "wordpress" || u.Kind == "auto" && u.Identity != "headers"
		if said && (upstream == "" || name == upstream || IsSameTarget(cfg, upstream, name)) {
			return true // "" is the only upstream
		}
	}
	return false
}

// batches returns the batch routes of the known and the configured dialects.
func batches(cfg *config.Config, known map[string]dialect.Opener) []string {
	var list []string
	for _, o := range known {
		list = append(list, dialect.Batches(o)...)
	}
	for _, m := range cfg.Mounts {
		list = append(list, dialect.Batches(m.Config)...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// IsWordPress reports whether the upstream is a WordPress. With kind auto it is if its
// identity is not headers, or if it is the only upstream and a mount is for WordPress.
func IsWordPress(cfg *config.Config, u config.Upstream) bool {
	switch u = u.WithDefaults(); {
	case u.Kind != "auto":
		return u.Kind == "wordpress"
	case u.Identity != "headers":
		return true
	}
	if len(cfg.Upstreams) != 1 {
		return false
	}
	for _, m := range cfg.Mounts {
		if m.Traits().WordPress {
			return true
		}
	}
	return false
}

// reading implements core.Application.Read; nil if no upstream is a WordPress. It also
// denies requests to routes that a mount serves, for every front end, in batches as well.
func reading(cfg *config.Config) func(upstream, method, path, query string) (route.Reading, error) {
	sites := Readers(cfg)
	if len(sites) == 0 {
		return nil
	}
	own, assumed := owned(cfg, sites), map[string]bool{}
	for name := range sites {
		assumed[name] = !IsCertain(cfg, name)
	}
	return func(upstream, method, path, query string) (route.Reading, error) {
		site, ok := sites[upstream]
		if !ok {
			return route.Reading{}, nil
		}
		r, err := site.Read(method, path, query)
		r.Assumed = assumed[upstream]
		if r.Assumed && !r.MayBePage() && !isRoute(site, path, "") { // by its query, which others may ignore
			r.Add(route.Meaning{Method: strings.ToUpper(method), Path: path})
		}
		if err == nil {
			err = own[upstream].check(r)
		}
		return r, err
	}
}

// overriding implements core.Application.Override; nil if no upstream is a WordPress.
func overriding(cfg *config.Config) func(upstream string, a *api.Attempt) (string, error) {
	sites := Readers(cfg)
	if len(sites) == 0 {
		return nil
	}
	return func(upstream string, a *api.Attempt) (string, error) {
		if _, ok := sites[upstream]; !ok {
			return "", nil
		}
		return wordpress.Override(a.Query, a.Header)
	}
}

// MethodHeaders returns the headers that override a request's method, by the upstream's
// name.
func MethodHeaders(cfg *config.Config) map[string][]string {
	out, sites := map[string][]string{}, Readers(cfg)
	for name, u := range cfg.Upstreams {
		list := slices.Clone(u.MethodHeaders)
		if _, ok := sites[name]; ok && !slices.ContainsFunc(list, isOverride) {
			list = append(list, wordpress.OverrideHeader)
		}
		out[name] = list
	}
	return out
}

func isOverride(name string) bool { return strings.EqualFold(name, wordpress.OverrideHeader) }

// restPaths returns the paths of an upstream's REST APIs: the configured ones, and those
// of mounts at other sites of the upstream.
func restPaths(cfg *config.Config, name string, u config.Upstream) []string {
	u = u.WithDefaults()
	list := slices.Clone([]string(u.RESTPath))
	for _, m := range cfg.Mounts {
		if api := mountAPI(u, m); m.Traits().WordPress && IsBehind(cfg, name, m) && !slices.Contains(list, api) {
			list = append(list, api)
		}
	}
	return list
}

// APIOf returns the path of the REST API at which a mount for a WordPress plugin stands, if
// the upstream is behind it.
func APIOf(u config.Upstream, m config.Mount) string { return mountAPI(u.WithDefaults(), m) }

// mountAPI returns the path of the REST API for a mount: the upstream's rest_path below
// the mount's prefix, else the prefix with the last segment of the first rest_path; the
// first rest_path if there is no prefix.
func mountAPI(u config.Upstream, m config.Mount) string {
	if path, ok := ownAPI(u, m); ok {
		return path
	}
	if first := u.RESTPath[0]; homeOf(m) != "" {
		return homeOf(m) + first[strings.LastIndexByte(first, '/'):]
	}
	return u.RESTPath[0]
}

// ownAPI returns the upstream's rest_path directly below the mount's prefix.
func ownAPI(u config.Upstream, m config.Mount) (string, bool) {
	for _, path := range u.RESTPath {
		if path[:strings.LastIndexByte(path, '/')] == homeOf(m) {
			return path, true
		}
	}
	return "", false
}

func homeOf(m config.Mount) string { return strings.TrimSuffix(m.Prefix, "/") }

// Behind returns the sorted names of the upstreams that are the WordPress behind a mount.
// Upstreams for other sites of the same host, such as those of a network, are left out if
// there is one with a REST API directly below the mount's prefix.
func Behind(cfg *config.Config, m config.Mount) []string {
	if !m.Traits().WordPress {
		return nil
	}
	read := Readers(cfg)
	var all, own []string
	for _, name := range slices.Sorted(maps.Keys(cfg.Upstreams)) {
		if _, ok := read[name]; !ok || !IsBehind(cfg, name, m) {
			continue
		}
		all = append(all, name)
		if _, ok := ownAPI(cfg.Upstreams[name].WithDefaults(), m); ok {
			own = append(own, name)
		}
	}
	if own != nil {
		return own
	}
	return all
}

// mountSite returns the REST API path of a mount for a WordPress plugin, and the reader of
// the WordPress behind it; api is "" if there is none.
func mountSite(cfg *config.Config, m config.Mount) (api string, site wordpress.Reader, err error) {
	read, from := Readers(cfg), ""
	for _, name := range Behind(cfg, m) {
		at := APIOf(cfg.Upstreams[name], m)
		if api != "" && api != at {
			return "", site, fmt.Errorf("stands at %s of upstream %s and at %s of %s: give it the host of one of them, or the prefix of one site, below which the upstream of that site has its rest_path", api, from, at, name)
		}
		api, from = at, name
		site.REST, site.Scripts = append(site.REST, read[name].REST...), append(site.Scripts, read[name].Scripts...)
	}
	return api, site, nil
}

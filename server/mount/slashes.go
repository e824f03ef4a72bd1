package mount

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/httpauth"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// MergeSlashes collapses leading slashes of the path to one if the request is then for a
// WordPress: clients append "/wp-json" to "https://site/", and WordPress accepts that. The
// next handler sees only the merged path. Other requests are passed unchanged, and are
// refused later.
func MergeSlashes(cfg *config.Config, e *core.Engine, list []Mounted, next http.Handler) http.Handler {
	s := slashes{engine: e, sites: Readers(cfg)}
	if len(s.sites) == 0 {
		return next
	}
	for _, m := range list {
		if !m.Traits.WordPress {
			s.own = append(s.own, m.Mount.AtHosts(m.Dialect.Endpoints(e))...)
			continue
		}
		s.mounts = append(s.mounts, m.Mount)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if merged, ok := s.merged(r); ok {
			r = merged
		}
		next.ServeHTTP(w, r)
	})
}

// slashes decides which requests are for a WordPress.
type slashes struct {
	engine *core.Engine
	sites  map[string]wordpress.Reader // by upstream
	mounts []dialect.Mount             // for WordPress plugins
	own    []dialect.Endpoint          // of all other mounts
}

func (s *slashes) merged(r *http.Request) (*http.Request, bool) {
	target, err := httpauth.Target(r)
	if err != nil || !strings.HasPrefix(target, "//") {
		return nil, false
	}
	target = "/" + strings.TrimLeft(target, "/")
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil, false
	}
	merged := r.WithContext(r.Context())
	merged.URL, merged.RequestURI = u, target
	return merged, s.isForWordPress(merged)
}

func (s *slashes) isForWordPress(r *http.Request) bool {
	path, _, err := route.Canonical(r.RequestURI)
	if err != nil || slices.ContainsFunc(s.own, func(e dialect.Endpoint) bool { return e.Serves(r) }) {
		return false
	}
	if rule, ok := s.engine.RuleAt(&api.Attempt{Host: r.Host}, r.Method, path); ok {
		_, ok = s.sites[rule.Upstream]
		return ok
	}
	_, only := s.sites[""]
	return only || slices.ContainsFunc(s.mounts, func(m dialect.Mount) bool { return m.Governs(r.Host, r.URL) })
}

package app

import (
	"maps"
	"net/http"
	"net/textproto"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/cors"
	"github.com/cardea-auth/cardea/server/mount"
)

// withCORS wraps the public handler with CORS: with the configured policy, or for Cardea's
// own answers.
func withCORS(cfg *config.Config, e *core.Engine, list []mount.Mounted, next http.Handler) (http.Handler, error) {
	sites := corsSites(cfg, list)
	if !cfg.CORS.Enabled {
		return cors.NewOwn(sites, next), nil
	}
	trust, err := mount.Trust(cfg.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	return cors.New(cors.Config{
		Policy: cors.Policy{
			Origins: cfg.CORS.Origins, Methods: cfg.CORS.Methods, Headers: allowedHeaders(cfg), Expose: cfg.CORS.Expose,
			Credentials: cfg.CORS.Credentials, MaxAge: cfg.CORS.MaxAge.Std(),
		},
		Sites: sites, Hooks: e, Trust: trust, Shown: withoutCredentials(e), Next: next,
	})
}

// withoutCredentials returns what hooks are shown of a request's headers that does not say
// which of them carries the credential: none that may do so at a rule or mount. The standard
// ones are hidden from plugins in any case.
func withoutCredentials(e *core.Engine) func(api.Header) api.Header {
	return func(h api.Header) api.Header {
		shown := maps.Clone(e.WithoutForged(h))
		maps.DeleteFunc(shown, func(name string, _ []string) bool { return e.Carries(name) })
		return shown
	}
}

// corsSites returns the parts of the server at which Cardea answers in place of an
// application, most specific first. Each has the origins of its mount, else cors.origins,
// so that those of another host or of a surrounding site do not apply to it.
func corsSites(cfg *config.Config, list []mount.Mounted) []cors.Site {
	own := map[string][]string{}
	for _, m := range cfg.Mounts {
		if len(m.CORSOrigins) > 0 {
			own[m.Name] = m.CORSOrigins
		}
	}
	var sites []cors.Site
	for _, p := range mount.Parts(cfg, list) {
		origins, has := own[p.Mount]
		if !has {
			origins = cfg.CORS.Origins
		}
		sites = append(sites, cors.Site{Governs: p.Governs, Origins: origins, Says: p.Says})
	}
	return sites
}

// allowedHeaders returns the configured headers and those that carry credentials.
func allowedHeaders(cfg *config.Config) []string {
	list := slices.Clone(cfg.CORS.Headers)
	for _, r := range cfg.Rules {
		list = addHeader(list, r.Header.Name)
	}
	for _, m := range cfg.Mounts {
		list = addHeader(list, m.Header.Name)
	}
	return list
}

func addHeader(list []string, name string) []string {
	same := func(other string) bool {
		return textproto.CanonicalMIMEHeaderKey(other) == textproto.CanonicalMIMEHeaderKey(name)
	}
	if name == "" || slices.ContainsFunc(list, same) {
		return list
	}
	return append(list, name)
}

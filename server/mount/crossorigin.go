package mount

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/httpauth"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Part is a part of the server at which Cardea answers in place of an application.
type Part struct {
	Mount   string // name of the mount; "" for a WordPress without one
	Governs func(host string, target *url.URL) bool
	// Says returns what answers to a target say to pages of other origins.
	Says func(target *url.URL) httpauth.CrossOrigin
}

// Parts returns the mounts' sites, most specific first, and then the REST APIs of the
// upstreams that are a WordPress. The part of a mount for no WordPress plugin is its own
// endpoints.
func Parts(cfg *config.Config, list []Mounted) []Part {
	var parts []Part
	for _, m := range Closest(list) {
		parts = append(parts, m.part())
	}
	readers := Readers(cfg)
	delete(readers, "") // the only upstream has a name, too
	for _, name := range slices.Sorted(maps.Keys(readers)) {
		for _, base := range readers[name].REST {
			parts = append(parts, partOf(wordpress.API{Base: base, Reader: readers[name]}, credentialHeaders(cfg, config.Mount{})))
		}
	}
	return parts
}

func (m Mounted) part() Part {
	p := Part{Mount: m.Mount.Name, Governs: m.Mount.Governs}
	p.Says = func(target *url.URL) httpauth.CrossOrigin {
		return m.Mount.CrossOriginAt(m.Dialect, target).With(storeHeaders())
	}
	if !m.Traits.WordPress {
		p.Governs = m.Mount.Holds
		p.Says = func(target *url.URL) httpauth.CrossOrigin { return m.Mount.CrossOriginAt(m.Dialect, target) }
	}
	return p
}

func partOf(api wordpress.API, headers []string) Part {
	said := dialect.Mount{CredentialHeaders: headers}.CrossOrigin().With(storeHeaders())
	return Part{
		Governs: func(_ string, target *url.URL) bool { _, ok := api.Route(target); return ok },
		Says:    func(*url.URL) httpauth.CrossOrigin { return said },
	}
}

// storeHeaders are those of WooCommerce's Store API, which any WordPress may have.
func storeHeaders() httpauth.CrossOrigin {
	return httpauth.CrossOrigin{
		Headers: []string{"Cart-Token", "Nonce", "X-WC-Store-API-Nonce"},
		Expose:  []string{"Cart-Token", "Nonce", "Nonce-Timestamp"},
	}
}

// credentialHeaders returns the custom headers that may carry a credential to a mount: its
// own and those of rules.
func credentialHeaders(cfg *config.Config, m config.Mount) []string {
	names := []string{m.Header.Name}
	for _, r := range cfg.Rules {
		names = append(names, r.Header.Name)
	}
	for i := range names {
		names[i] = http.CanonicalHeaderKey(names[i])
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

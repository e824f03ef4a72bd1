package core

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// protectedNames are the headers, besides Cardea's own, that no client may send:
// those that hooks may set, and the configured ones.
type protectedNames struct {
	declared *[]string // of identity-headers, when they were put together
	names    *route.Names
}

// protected returns the names that are in force now: plugins may declare more of
// them when they are reloaded. It takes no lock.
func (p *policy) protected() *route.Names {
	declared := p.hooks.IdentityHeaders.Declared()
	known := p.names.Load()
	if known != nil && known.declared == declared {
		return known.names
	}
	lists := [][]string{p.configured}
	if declared != nil {
		lists = append(lists, *declared)
	}
	next := &protectedNames{declared: declared}
	if declared != nil && len(*declared) > 0 || len(p.configured) > 0 {
		next.names = route.NewNames(lists...)
	}
	p.names.Store(next)
	return next.names
}

// ProtectedHeaders returns the headers, besides X-Auth-... and X-Cardea-..., that
// hooks or the policy may set or protect: a door takes them out of every request, in
// every spelling. Nil if there are none.
func (e *Engine) ProtectedHeaders() *route.Names { return e.policy.Load().protected() }

// clean takes protected headers out of the attempt, first of all: neither methods
// nor hooks see a client's.
func (p *policy) clean(a *api.Attempt) {
	if names := p.protected(); names != nil {
		a.Header = names.Without(a.Header, nil)
	}
}

// cleaned is clean for an attempt that is somebody else's, which may be nil.
func (p *policy) cleaned(a *api.Attempt) *api.Attempt {
	names := p.protected()
	if a == nil || names == nil {
		return a
	}
	own := *a
	own.Header = names.Without(a.Header, nil)
	return &own
}

// Carries reports whether a rule or site has credentials in a header of that name.
func (e *Engine) Carries(name string) bool { return e.policy.Load().carriers.Has(name) }

// WithoutForged returns the headers that hooks are shown of what a client sent to one of
// Cardea's own endpoints: none by which it could speak for a proxy, but for those that
// carry credentials. The result shares h's values.
func (e *Engine) WithoutForged(h api.Header) api.Header {
	return e.forged.Without(h, func(name string) bool { return name == "Content-Length" || e.Carries(name) })
}

// checkProtected refuses a policy in which a header both carries credentials and is
// taken out of what clients send.
func (c *policy) checkProtected(list []route.Rule) error {
	c.carriers = c.carrierNames(list)
	if err := route.ProtectNames(c.configured); err != nil {
		return fmt.Errorf("protected headers: %w", err)
	}
	c.hooks.IdentityHeaders.CheckNames(func(names []string) error { return c.checkCarriers(list, route.NewNames(names)) })
	return c.checkCarriers(list, c.protected())
}

func (c *policy) carrierNames(list []route.Rule) *route.Names {
	var names []string
	for i := range list {
		names = append(names, list[i].Header.Name)
	}
	for i := range c.sites {
		names = append(names, c.sites[i].Header.Name)
	}
	return route.NewNames(names)
}

// checkCarriers refuses names of which one is a header that carries credentials.
func (c *policy) checkCarriers(list []route.Rule, names *route.Names) error {
	for i := range list {
		if h := list[i].Header.Name; names.Has(h) {
			return fmt.Errorf("rule %q: header %q cannot carry a credential: hooks set it, or it is protected", list[i].Name, h)
		}
	}
	for i := range c.sites {
		if h := c.sites[i].Header.Name; names.Has(h) {
			return fmt.Errorf("site %q: header %q cannot carry a credential: hooks set it, or it is protected", c.sites[i].Name, h)
		}
	}
	return nil
}

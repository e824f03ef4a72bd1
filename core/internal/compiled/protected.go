package compiled

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

// Protected returns the names that are in force now: plugins may declare more of
// them when they are reloaded. It takes no lock.
func (p *Policy) Protected() *route.Names {
	declared := p.Hooks.IdentityHeaders.Declared()
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

// Clean takes protected headers out of the attempt, first of all: neither methods
// nor hooks see a client's.
func (p *Policy) Clean(a *api.Attempt) {
	if names := p.Protected(); names != nil {
		a.Header = names.Without(a.Header, nil)
	}
}

// Cleaned is clean for an attempt that is somebody else's, which may be nil.
func (p *Policy) Cleaned(a *api.Attempt) *api.Attempt {
	names := p.Protected()
	if a == nil || names == nil {
		return a
	}
	own := *a
	own.Header = names.Without(a.Header, nil)
	return &own
}

// checkProtected refuses a policy in which a header both carries credentials and is
// taken out of what clients send.
func (c *Policy) checkProtected(list []route.Rule) error {
	c.Carriers = c.carrierNames(list)
	if err := route.ProtectNames(c.configured); err != nil {
		return fmt.Errorf("protected headers: %w", err)
	}
	c.Hooks.IdentityHeaders.CheckNames(func(names []string) error { return c.checkCarriers(list, route.NewNames(names)) })
	return c.checkCarriers(list, c.Protected())
}

func (c *Policy) carrierNames(list []route.Rule) *route.Names {
	var names []string
	for i := range list {
		names = append(names, list[i].Header.Name)
	}
	for i := range c.Sites {
		names = append(names, c.Sites[i].Header.Name)
	}
	return route.NewNames(names)
}

// checkCarriers refuses names of which one is a header that carries credentials.
func (c *Policy) checkCarriers(list []route.Rule, names *route.Names) error {
	for i := range list {
		if h := list[i].Header.Name; names.Has(h) {
			return fmt.Errorf("rule %q: header %q cannot carry a credential: hooks set it, or it is protected", list[i].Name, h)
		}
	}
	for i := range c.Sites {
		if h := c.Sites[i].Header.Name; names.Has(h) {
			return fmt.Errorf("site %q: header %q cannot carry a credential: hooks set it, or it is protected", c.Sites[i].Name, h)
		}
	}
	return nil
}

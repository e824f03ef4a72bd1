package compiled

import (
	"fmt"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// protectedNames are the headers, in addition to Cardea's own, that are removed from
// requests: those that hooks may set, and the configured ones.
type protectedNames struct {
	declared *[]string // by identity-headers when this was built
	names    *route.Names
}

// Protected returns the names in force now; plugins may declare more when they are
// reloaded. It takes no lock.
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

// Clean removes protected headers from the attempt, before methods and hooks see it.
func (p *Policy) Clean(a *api.Attempt) {
	if names := p.Protected(); names != nil {
		a.Header = names.Without(a.Header, nil)
	}
}

// Cleaned is Clean for an attempt that must not be changed. a may be nil.
func (p *Policy) Cleaned(a *api.Attempt) *api.Attempt {
	names := p.Protected()
	if a == nil || names == nil {
		return a
	}
	own := *a
	own.Header = names.Without(a.Header, nil)
	return &own
}

// checkProtected refuses a policy in which a header carries credentials but is removed from
// requests.
func (c compiling) checkProtected(list []route.Rule) error {
	c.Carriers = c.carrierNames(list)
	if err := route.ProtectNames(c.configured); err != nil {
		return fmt.Errorf("protected headers: %w", err)
	}
	c.Hooks.IdentityHeaders.CheckNames(func(names []string) error { return c.checkCarriers(list, route.NewNames(names)) })
	return c.checkCarriers(list, c.Protected())
}

func (c compiling) carrierNames(list []route.Rule) *route.Names {
	var names []string
	for i := range list {
		names = append(names, list[i].Header.Name)
	}
	for i := range c.Sites {
		names = append(names, c.Sites[i].Header.Name)
	}
	return route.NewNames(names)
}

// checkCarriers refuses names that include a header that carries credentials.
func (c compiling) checkCarriers(list []route.Rule, names *route.Names) error {
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

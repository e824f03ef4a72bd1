package gateway

import (
	"context"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// addOverrides checks and keeps the headers that upstreams take a method from, by upstream.
func (s *stripper) addOverrides(methods map[string][]string, upstreams int) error {
	for upstream, list := range methods {
		names, err := route.OverrideNames(list)
		if err != nil {
			return err
		}
		s.methods[upstream] = names
		if upstreams == 1 {
			s.methods[""] = names
		}
	}
	return nil
}

// methodsInHeaders are the methods that a request names in headers by which the upstream
// goes, as far as it was not decided on by them. In another header it must name its own: taken
// out, it would leave another request than the client has sent.
func (f *forward) methodsInHeaders() ([]string, error) {
	s, own := &f.gateway.stripper, f.attempt.Method
	var out []string
	for name, values := range f.in.Header {
		if !s.overrides.Has(name) {
			continue
		}
		goesBy := slices.Contains(s.methods[f.decision.Rule.Upstream], name)
		for _, method := range values {
			method = strings.ToUpper(method)
			switch {
			case method == own && len(values) == 1, goesBy && f.isDecidedBy(method):
			case !goesBy || len(values) > 1 || method == "":
				return nil, api.E(api.Invalid, api.ReasonMethodOverride, "a header names another method than the request's own")
			default:
				out = append(out, method)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// decideBy also decides on the request with other methods that the upstream may use. They
// may be stricter, but must allow the same identity to the same upstream, also at other
// paths that the upstream could read.
func (f *forward) decideBy(ctx context.Context, c checker, methods []string) error {
	for _, method := range methods {
		also := f.attempt
		also.Method = method
		as := f.gateway.engine.Decide(ctx, &also)
		switch {
		case as.Outcome != core.Allowed:
			return as.Err
		case as.Rule.Upstream != f.decision.Rule.Upstream:
			return api.E(api.Invalid, api.ReasonMethodOverride, "with the method that a header names, the request is for another application")
		case as.NarrowerThan(f.decision):
			return api.E(api.Invalid, api.ReasonMethodOverride, "you are not allowed to use the method that a header names")
		}
		if err := f.checkPaths(ctx, c, &also, as); err != nil {
			return err
		}
		f.decision = f.decision.Including(as)
	}
	return nil
}

// checkPaths checks the other paths that the upstream could take that of a request for.
func (f *forward) checkPaths(ctx context.Context, c checker, a *api.Attempt, d core.Decision) error {
	if d.Rule.TrailingSlash == route.SlashSame {
		if err := c.CheckSlash(ctx, a, d); err != nil {
			return err
		}
	}
	return c.CheckTrimmed(ctx, a, d)
}

// isDecidedBy reports whether the request was taken for calls of a REST API with that
// method.
func (f *forward) isDecidedBy(method string) bool {
	if f.decision.Reading.MayBePage() {
		return false
	}
	for m := range f.decision.Reading.All() {
		if m.Method != method {
			return false
		}
	}
	return true
}

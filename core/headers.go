package core

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
)

// anonymousHeaders is read by everybody and changed by nobody.
var anonymousHeaders = api.Header{HeaderUser: {""}, HeaderRoles: {""}, HeaderMethod: {""}}

func identityHeaders(id *api.Identity) api.Header {
	values := &[...]string{id.Login, joinRoles(id.Roles), id.Method} // one allocation for all
	return api.Header{HeaderUser: values[0:1:1], HeaderRoles: values[1:2:2], HeaderMethod: values[2:3:3]}
}

// joinRoles leaves out what the upstream would read as another role, or as
// several. To clean them up instead could make the name of a mightier one.
func joinRoles(roles []string) string {
	fits := func(role string) bool { return role != "" && api.FitsHeader(role) && !strings.Contains(role, ",") }
	if slices.ContainsFunc(roles, func(role string) bool { return !fits(role) }) {
		roles = slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return !fits(role) })
	}
	return strings.Join(roles, ",")
}

func (e *Engine) upstreamHeaders(ctx context.Context, p *compiled.Policy, d *Decision, ready api.Header) (api.Header, error) {
	if p.Hooks.IdentityHeaders.Len() == 0 {
		return ready, nil
	}
	h, err := p.Hooks.IdentityHeaders.ApplyJudged(ctx, UpstreamHeaders{
		Headers: ready.Clone(), Identity: d.Identity, Upstream: d.Rule.Upstream,
	}, p.JudgeUpstream(ready))
	if err != nil {
		return nil, e.hookError(ctx, err)
	}
	out := h.Headers.Clone()
	maps.Copy(out, ready) // the engine's own stand, whatever a hook left
	return out, nil
}

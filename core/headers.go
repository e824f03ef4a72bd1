package core

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
)

// The identity headers. The upstream gets all of them with each request, empty
// when anonymous, so that it can never take a client's for ours.
const (
	HeaderUser   = "X-Auth-User"
	HeaderRoles  = "X-Auth-Roles"
	HeaderMethod = "X-Auth-Method"
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
	fits := func(role string) bool { return role != "" && fitsHeader(role) && !strings.Contains(role, ",") }
	if slices.ContainsFunc(roles, func(role string) bool { return !fits(role) }) {
		roles = slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return !fits(role) })
	}
	return strings.Join(roles, ",")
}

// fitsHeader reports whether a text arrives as it is when it is sent in a header:
// no control characters, and no blank at its ends (RFC 9110 section 5.5).
func fitsHeader(s string) bool {
	return utf8.ValidString(s) && strings.Trim(s, " ") == s && !strings.ContainsFunc(s, unicode.IsControl)
}

func (e *Engine) upstreamHeaders(ctx context.Context, p *policy, d *Decision, ready api.Header) (api.Header, error) {
	if p.hooks.IdentityHeaders.Len() == 0 {
		return ready, nil
	}
	h, err := p.hooks.IdentityHeaders.ApplyJudged(ctx, UpstreamHeaders{
		Headers: cloneHeader(ready), Identity: d.Identity, Upstream: d.Rule.Upstream,
	}, upstreamJudge{p, ready}.accept)
	if err != nil {
		return nil, e.hookError(ctx, err)
	}
	out := cloneHeader(h.Headers)
	maps.Copy(out, ready) // the engine's own stand, whatever a hook left
	return out, nil
}

// cloneHeader copies the values as well: what is ready to send is shared by all
// requests with the same credential.
func cloneHeader(h api.Header) api.Header {
	out := make(api.Header, len(h))
	for name, values := range h {
		out[name] = slices.Clone(values)
	}
	return out
}

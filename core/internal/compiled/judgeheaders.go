package compiled

import (
	"context"
	"net/textproto"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/judge"
	"github.com/cardea-auth/cardea/core/point"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
)

// JudgeCredentialHeader accepts a header that can carry a credential and is not removed
// from requests.
func (p *Policy) JudgeCredentialHeader(_ context.Context, _, after *point.CredentialHeader, _ bool) error {
	h := route.HeaderSpec{Name: after.Name}
	switch _, err := h.Check(); {
	case err != nil || len(after.Name) > judge.MaxName || p.Protected().Has(after.Name):
		return hooks.NotAcceptable("name", "must be a header that can carry a credential, such as X-Token, and is not protected")
	case after.Name == "" && after.RefuseStandard:
		return hooks.NotAcceptable("refuse_standard", "must come with the name of another header")
	}
	h.Prefix = after.Prefix
	if _, err := h.Check(); err != nil || len(after.Prefix) > judge.MaxName {
		return hooks.NotAcceptable("prefix", "must be one word, such as Bearer")
	}
	return nil
}

// upstreamJudge judges headers for an upstream; ready are the engine's own.
type upstreamJudge struct {
	p     *Policy
	ready api.Header
}

func (j upstreamJudge) accept(_ context.Context, _, after *point.UpstreamHeaders, keyed bool) error {
	for name, values := range after.Headers {
		if isOwnHeader(name) {
			continue // restored afterwards
		}
		if err := j.p.checkUpstreamHeader(name, values); err != nil {
			return err
		}
	}
	if !keyed {
		return nil
	}
	for name, values := range j.ready {
		if !slices.Equal(after.Headers[name], values) {
			return hooks.NotAcceptable("header."+name, "must stay as the engine has set it")
		}
	}
	return nil
}

// JudgeUpstream returns the judge for the result of identity-headers; ready are the
// engine's own headers.
func (p *Policy) JudgeUpstream(ready api.Header) hooks.Judge[point.UpstreamHeaders] {
	return upstreamJudge{p, ready}.accept
}

func isOwnHeader(name string) bool {
	return name == api.HeaderUser || name == api.HeaderRoles || name == api.HeaderMethod
}

// checkUpstreamHeader refuses what a hook may not set: names that change the meaning of the
// request or carry credentials, names that are not protected from clients, and values with
// line breaks.
func (p *Policy) checkUpstreamHeader(name string, values []string) error {
	key := "header." + name
	if textproto.CanonicalMIMEHeaderKey(name) != name {
		return hooks.NotAcceptable(key, "must have a canonical name of letters, digits and hyphens")
	}
	if err := p.settable.Check(name); err != nil {
		return hooks.NotAcceptable(key, "must be a header that hooks may set: %v", err)
	}
	if !p.Protected().Has(name) {
		return hooks.NotAcceptable(key, "must be declared: name it with IdentityHeaders.Declare, or in Policy.ProtectedHeaders")
	}
	return point.CheckHeaderValues(key, values)
}

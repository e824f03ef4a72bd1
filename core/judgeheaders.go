package core

import (
	"context"
	"net/textproto"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
)

// judgeCredentialHeader wants a header that can carry a credential, which is none
// that is taken out of what clients send.
func (p *policy) judgeCredentialHeader(_ context.Context, _, after *CredentialHeader, _ bool) error {
	h := route.HeaderSpec{Name: after.Name}
	switch _, err := h.Check(); {
	case err != nil || len(after.Name) > maxHookName || p.protected().Has(after.Name):
		return notAcceptable("name", "must be a header that can carry a credential, such as X-Token, and is not protected")
	case after.Name == "" && after.RefuseStandard:
		return notAcceptable("refuse_standard", "must come with the name of another header")
	}
	h.Prefix = after.Prefix
	if _, err := h.Check(); err != nil || len(after.Prefix) > maxHookName {
		return notAcceptable("prefix", "must be one word, such as Bearer")
	}
	return nil
}

// upstreamJudge judges headers for an upstream; ready are the engine's own.
type upstreamJudge struct {
	p     *policy
	ready api.Header
}

func (j upstreamJudge) accept(_ context.Context, _, after *UpstreamHeaders, keyed bool) error {
	for name, values := range after.Headers {
		if isOwnHeader(name) {
			continue // put back afterwards
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
			return notAcceptable("header."+name, "must stay as the engine has set it")
		}
	}
	return nil
}

func isOwnHeader(name string) bool {
	return name == HeaderUser || name == HeaderRoles || name == HeaderMethod
}

// checkUpstreamHeader refuses what a hook may not send: names that would make
// another request of it or carry credentials, names that are not protected from
// clients, and values that break lines.
func (p *policy) checkUpstreamHeader(name string, values []string) error {
	key := "header." + name
	if textproto.CanonicalMIMEHeaderKey(name) != name {
		return notAcceptable(key, "must have a canonical name of letters, digits and hyphens")
	}
	if err := p.settable.Check(name); err != nil {
		return notAcceptable(key, "must be a header that hooks may set: %v", err)
	}
	if !p.protected().Has(name) {
		return notAcceptable(key, "must be declared: name it with IdentityHeaders.Declare, or in Policy.ProtectedHeaders")
	}
	return checkHeaderValues(key, values)
}

func checkHeaderValues(key string, values []string) error {
	for _, v := range values {
		if len(v) > maxHookHeader || !fitsHeader(v) {
			return notAcceptable(key, "must be at most %d bytes of UTF-8 without control characters and blanks at its ends", maxHookHeader)
		}
	}
	return nil
}

// replyJudge judges the reply to a login; protected are the members that hooks leave
// alone.
type replyJudge []string

func (protected replyJudge) accept(_ context.Context, before, after *TokenResponse, keyed bool) error {
	check := func(name string, value any) error {
		if keyed && slices.Contains(protected, name) {
			return notAcceptable("response."+name, "must stay as it is: the reply is about it")
		}
		return checkMember("response.", name, value)
	}
	if err := changedMembers(before.Fields, after.Fields, check); err != nil || !keyed {
		return err
	}
	return missing("response.", before.Fields, after.Fields, func(name string) bool { return slices.Contains(protected, name) })
}

// missing returns an error if after lacks a member of before that belongs to the
// engine.
func missing(prefix string, before, after api.Claims, owned func(name string) bool) error {
	for name := range before.All {
		if _, there := after.Get(name); !there && owned(name) {
			return notAcceptable(prefix+name, "must not be deleted")
		}
	}
	return nil
}

var _ hooks.Judge[TokenResponse] = replyJudge{}.accept

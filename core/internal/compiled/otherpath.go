package compiled

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/route"
)

// ForwardsMore reports whether the application gets a credential by a rule that it would not get
// by the rule for another path. One that names no segment says nothing of Authorization there.
func ForwardsMore(own, other *route.Rule, a *api.Attempt) bool {
	if own.ForwardCredential && !other.ForwardCredential && a.Credential.Kind != api.NoCredential {
		return true
	}
	return own.PassAuthorization && !other.PassAuthorization && len(a.Header[credential.Authorization]) > 0 && strings.Trim(other.Path, "/*") != ""
}

// SameUser refuses a request whose credential is not accepted at another place, or would be
// checked in another directory there, where it could belong to another user, or by other
// hooks.
func SameUser(p *Policy, own, at *Target, a *api.Attempt) error {
	kind := a.Credential.Kind
	if kind == api.NoCredential {
		return nil
	}
	if p.Accept != nil && !p.Accept(a) {
		return NotAccepted()
	}
	here, err := p.AskedDirectory(kind, own)
	if err != nil {
		return err
	}
	there, err := p.AskedDirectory(kind, at)
	if err != nil {
		return err
	}
	if here != there || (p.AsksLoginHooks(kind) || kind != api.APIKeyKind && p.Hooks.LoginBefore.Len()+p.Hooks.LoginAfter.Len() > 0) && !p.Sites.SameDialects(own, at) {
		return OtherPath()
	}
	return nil
}

// OtherPath returns the refusal of a request that is not allowed at another path.
func OtherPath() error {
	return api.E(api.Invalid, api.ReasonBadPath, "the request path could be read as another one that is not allowed")
}

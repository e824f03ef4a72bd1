package authenticate

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/policy"
)

// Extract extracts the credential from the headers. An unusual Authorization header is read
// as the application reads it, so that both see the same client; a scheme other than Bearer
// that one of the methods accepts is kept. If the application sees no credential, the
// request is anonymous.
func Extract(p *compiled.Policy, spec credential.Spec, a *api.Attempt) (api.Credential, error) {
	found, err := credential.Extract(a.Header, spec, p.Schemes...)
	if p.Bearer == nil || spec != (credential.Spec{}) {
		return found, err
	}
	values := a.Header[credential.Authorization]
	lone := len(values) == 1 && len(a.Header[credential.XAPIKey]) == 0
	if !lone || err == nil && plain(found, values[0]) {
		return found, err
	}
	text, how := p.Bearer(a, values[0])
	switch how {
	case policy.ReadBearer:
		found, err = credential.FromBearer(text)
		found.Header = credential.Authorization
	case policy.ReadNothing:
		kind := credential.Scheme(values[0], p.Schemes...)
		if kind != api.NoCredential && kind != api.Bearer && len(p.Chain[kind]) > 0 {
			return found, err
		}
		return api.Credential{}, nil
	}
	return found, err
}

// plain reports whether a credential has the form on which all grammars agree: "Bearer", a
// space, and a token of three parts or an API key.
func plain(c api.Credential, value string) bool {
	token := c.Kind == api.APIKeyKind || c.Kind == api.Bearer && strings.Count(c.Text, ".") == 2
	return token && strings.HasPrefix(value, "Bearer ")
}

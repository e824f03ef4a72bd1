package core

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/credential"
)

// Reading is what an application makes of an Authorization header. The zero value
// has no opinion.
type Reading uint8

// The readings.
const (
	ReadStrictly Reading = iota // as RFC 9110 and RFC 6750 have it
	ReadBearer                  // there is a Bearer
	ReadNothing                 // it does not look at such a header
)

// BearerReader reads an Authorization header that is not "Bearer", a space and a
// token of three parts or an API key, the way the application does that the
// request is for; the text is that of the token, "" for a Bearer without one. It
// must be quick and safe for concurrent use.
type BearerReader func(a *api.Attempt, value string) (text string, how Reading)

// extract takes the credential out of the headers. An odd Authorization header
// means what it means to the application, so that both see the same client; a
// Basic or ApiKey that one of the methods is for stays one. What is no credential
// there is none here: the client passes for nobody, where nobody may pass.
func extract(p *policy, spec credential.Spec, a *api.Attempt) (api.Credential, error) {
	found, err := credential.Extract(a.Header, spec)
	if p.bearer == nil || spec != (credential.Spec{}) {
		return found, err
	}
	values := a.Header[credential.Authorization]
	lone := len(values) == 1 && len(a.Header[credential.XAPIKey]) == 0
	if !lone || err == nil && plain(found, values[0]) {
		return found, err
	}
	text, how := p.bearer(a, values[0])
	switch how {
	case ReadBearer:
		found, err = credential.FromBearer(text)
		found.Header = credential.Authorization
	case ReadNothing:
		if kind := credential.Scheme(values[0]); kind == api.Basic || kind == api.APIKeyKind {
			if len(p.chain[kind]) > 0 {
				return found, err
			}
		}
		return api.Credential{}, nil
	}
	return found, err
}

// plain reports whether a credential is in the form on which all grammars agree:
// "Bearer", a space, and a token of three parts or an API key.
func plain(c api.Credential, value string) bool {
	token := c.Kind == api.APIKeyKind || c.Kind == api.Bearer && strings.Count(c.Text, ".") == 2
	return token && strings.HasPrefix(value, "Bearer ")
}

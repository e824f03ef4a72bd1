package credential

import "github.com/cardea-auth/cardea/core/api"

// Spec says where a credential may stand. The zero value means the standard
// headers.
type Spec struct {
	Header         string // canonical name; "": Authorization and X-API-Key
	Prefix         string // scheme before the token; "": none in a custom header
	RefuseStandard bool   // with Header: a credential in a standard header is refused
}

// Extract returns the request's credential; Kind NoCredential if it shows none.
func Extract(h api.Header, spec Spec) (api.Credential, error) {
	return api.Credential{}, api.E(api.Unauthenticated, api.ReasonBadCredential, "no credential is accepted yet")
}

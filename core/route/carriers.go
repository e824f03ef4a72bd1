package route

import "github.com/cardea-auth/cardea/core/api"

// CarriesCredential reports whether a header, in any spelling, may carry a credential.
func CarriesCredential(a *api.Attempt, name string) bool {
	for _, carrier := range [...]string{"Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", a.Credential.Header} {
		if IsAlias(name, carrier) {
			return true
		}
	}
	return false
}

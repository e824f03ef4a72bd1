package policy

import "github.com/cardea-auth/cardea/core/api"

// CarriesClient reports whether tokens of the format name the client that they were issued
// to, so that a revocation of the client refuses them. It encodes and reads an example.
func (l *TokenFormat) CarriesClient() (carries bool) {
	var err error
	defer api.Recover("token format", l.Name, &err)
	const client = "client"
	id := api.Identity{Subject: "subject", Number: 1, Login: "login", Client: client}
	var claims api.Claims
	switch {
	case l.Compose != nil:
		claims = l.Compose(api.IssueRequest{Identity: id, TokenFormat: l.Name, Client: client}, "jti")
	case l.Base != nil:
		claims = l.Base(id)
	}
	read, _, err := l.Read(claims)
	return err == nil && read.Client == client
}

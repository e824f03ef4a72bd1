package usefulteam

import "github.com/cardea-auth/cardea/server/dialect"

var _ dialect.ClientDescriber = Config{}

// Client implements [dialect.ClientDescriber].
func (Config) Client() dialect.Client {
	return dialect.JWTAuthClient("JWT Auth by Useful Team",
		[]string{"/token/refresh"}, []string{"/token/revoke"}, []string{"data", "token"})
}

package wpjwtpro

import "github.com/cardea-auth/cardea/server/dialect"

var _ dialect.ClientDescriber = Config{}

// Client implements [dialect.ClientDescriber].
func (Config) Client() dialect.Client {
	return dialect.JWTAuthClient("JWT Auth Pro",
		[]string{"/token/refresh", "/token/revoke"}, nil, []string{"token"})
}

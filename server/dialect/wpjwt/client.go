package wpjwt

import "github.com/cardea-auth/cardea/server/dialect"

var _ dialect.ClientDescriber = Config{}

// Client implements [dialect.ClientDescriber].
func (Config) Client() dialect.Client {
	return dialect.JWTAuthClient("JWT Authentication for WP REST API",
		[]string{"/token/validate"}, []string{"/token/refresh"}, []string{"token"})
}

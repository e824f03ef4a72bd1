package wpjwt

import (
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/internal/jwtauth"
)

var _ dialect.ClientDescriber = Config{}

// Client implements [dialect.ClientDescriber].
func (Config) Client() dialect.Client {
	c := jwtauth.Client("JWT Authentication for WP REST API",
		[]string{"/token/validate"}, []string{"/token/refresh"}, []string{"token"})
	c.Default = true
	return c
}

package wpjwtpro

import (
	"net/http"

	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/internal/jwtauth"
)

var _ dialect.ClientDescriber = Config{}

// Client implements [dialect.ClientDescriber].
func (Config) Client() dialect.Client {
	c := jwtauth.Client("JWT Auth Pro",
		[]string{"/token/refresh", "/token/revoke"}, nil, []string{"token"})
	c.Refresh = dialect.Call{Method: http.MethodPost, Path: c.Login.Path + "/refresh"}
	c.RefreshToken = []string{"refresh_token"}
	return c
}

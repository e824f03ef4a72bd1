package usefulteam

import (
	"net/http"

	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/internal/jwtauth"
)

var _ dialect.ClientDescriber = Config{}

// Client implements [dialect.ClientDescriber].
func (Config) Client() dialect.Client {
	c := jwtauth.Client("JWT Auth by Useful Team",
		[]string{"/token/refresh"}, []string{"/token/revoke"}, []string{"data", "token"})
	c.Refresh = dialect.Call{Method: http.MethodPost, Path: c.Login.Path + "/refresh"}
	c.RefreshCookie = cookieName
	return c
}

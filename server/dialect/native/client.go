package native

import (
	"net/http"

	"github.com/cardea-auth/cardea/server/dialect"
)

var _ dialect.ClientDescriber = Config{}

// Client implements [dialect.ClientDescriber]. The endpoints are identified by how they
// refuse a wrong method.
func (Config) Client() dialect.Client {
	me := dialect.Call{Method: http.MethodGet, Path: Base + "/me"}
	return dialect.Client{
		Plugin: "Cardea's own endpoints",
		Index:  dialect.Call{Method: http.MethodGet, Path: Base + "/login"},
		MatchesIndex: func(a dialect.Answer) bool {
			return a.Status == http.StatusMethodNotAllowed && a.Object["code"] == "method_not_allowed"
		},
		Login:    dialect.Call{Method: http.MethodPost, Path: Base + "/login"},
		Token:    []string{"access_token"},
		Validate: me, Try: me, BadTry: me,
		Refresh: dialect.Call{Method: http.MethodPost, Path: Base + "/refresh"}, RefreshToken: []string{"refresh_token"},
		NoHeader: []string{"no_credential"},
		BadToken: []string{"token_"},
	}
}

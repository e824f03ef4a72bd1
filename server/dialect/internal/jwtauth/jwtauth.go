package jwtauth

import (
	"net/http"

	"github.com/cardea-auth/cardea/server/dialect"
)

// Client returns the client of a plugin with the namespace jwt-auth/v1, which
// several have. The routes in has and lacks tell the plugins apart, see [dialect.HasRoutes].
func Client(plugin string, has, lacks, token []string) dialect.Client {
	const base = "/wp-json/jwt-auth/v1"
	validate := dialect.Call{Method: http.MethodPost, Path: base + "/token/validate"}
	return dialect.Client{
		Plugin: plugin,
		Index:  dialect.Call{Method: http.MethodGet, Path: base}, MatchesIndex: dialect.HasRoutes("jwt-auth/v1", has, lacks),
		Login: dialect.Call{Method: http.MethodPost, Path: base + "/token"}, Token: token,
		Validate: validate, BadTry: validate, Try: dialect.Call{Method: http.MethodGet, Path: "/wp-json/wp/v2/users/me"},
		NoHeader: []string{"jwt_auth_no_auth_header"}, BadToken: []string{"jwt_auth_"},
		Cures: map[string]string{
			"jwt_auth_bad_config": "the secret is missing or too weak: set JWT_AUTH_SECRET_KEY in wp-config.php, or the mount's secret, to 32 random bytes or more",
		},
	}
}

package cocart

import (
	"net/http"

	"github.com/cardea-auth/cardea/server/dialect"
)

var (
	_ dialect.ClientDescriber = FirstConfig{}
	_ dialect.ClientDescriber = Config{}
)

// Client implements [dialect.ClientDescriber]. Version 1.0 has no routes of its own: its
// clients use CoCart's login, which also exists without the plugin.
func (FirstConfig) Client() dialect.Client {
	login := dialect.Call{Method: http.MethodPost, Path: "/wp-json/cocart/v2/login"}
	return dialect.Client{
		Plugin:       "CoCart, perhaps with CoCart JWT Authentication 1.0",
		Index:        dialect.Call{Method: http.MethodOptions, Path: login.Path},
		MatchesIndex: dialect.HasRoutes("cocart/v2", nil, nil),
		Uncertain:    "CoCart, which looks the same with and without CoCart JWT Authentication 1.0",
		Login:        login,
		Token:        []string{"extras", "jwt_token"},
		Try:          cart(),
		BadTry:       login,
		NoHeader:     []string{"cocart_rest_not_authorized"},
		BadToken:     []string{"cocart_jwt_auth_"},
		Cures: map[string]string{
			"cocart_jwt_auth_bad_config": "the secret is missing or too weak: set COCART_JWT_AUTH_SECRET_KEY in wp-config.php, or the mount's secret, to 32 random bytes or more",
		},
	}
}

// Client implements [dialect.ClientDescriber].
func (c Config) Client() dialect.Client {
	client, validate := c.FirstConfig.Client(), dialect.Call{Method: http.MethodPost, Path: "/wp-json/cocart/jwt/validate-token"}
	client.Plugin, client.Uncertain = "CoCart JWT Authentication 3", ""
	client.Index = dialect.Call{Method: http.MethodGet, Path: "/wp-json/cocart/jwt"}
	client.MatchesIndex = dialect.HasRoutes("cocart/jwt", []string{"/validate-token"}, nil)
	client.Validate, client.BadTry = validate, validate
	client.Refresh = dialect.Call{Method: http.MethodPost, Path: "/wp-json/cocart/jwt/refresh-token"}
	client.RefreshToken = []string{"extras", "jwt_refresh"}
	client.NoHeader, client.BadToken = []string{"rest_forbidden"}, []string{"cocart_authentication_error"}
	return client
}

// cart returns the route to try: the plugin reads tokens only on CoCart's routes.
func cart() dialect.Call {
	return dialect.Call{Method: http.MethodGet, Path: "/wp-json/cocart/v2/cart"}
}

package miniorange

import (
	"net/http"

	"github.com/cardea-auth/cardea/server/dialect"
)

var _ dialect.ClientDescriber = Config{}

// Client implements [dialect.ClientDescriber]. The refresh route exists only in the premium
// edition and at mounts with refresh_life.
func (c Config) Client() dialect.Client {
	client := freeClient()
	if c.RefreshLife > 0 {
		client.Refresh = dialect.Call{Method: http.MethodPost, Path: "/wp-json/api/v1/refresh-token"}
		client.RefreshToken = []string{"refresh_token"}
	}
	return client
}

func freeClient() dialect.Client {
	validate := dialect.Call{Method: http.MethodGet, Path: "/wp-json/api/v1/token-validate"}
	return dialect.Client{
		Plugin:       "JWT Authentication for WP REST APIs by miniOrange",
		Index:        dialect.Call{Method: http.MethodGet, Path: "/wp-json/api/v1"},
		MatchesIndex: dialect.HasRoutes("api/v1", []string{"/token-validate"}, nil),
		Login:        dialect.Call{Method: http.MethodPost, Path: "/wp-json/api/v1/token"},
		Token:        []string{"jwt_token"},
		Validate:     validate,
		Try:          dialect.Call{Method: http.MethodGet, Path: "/wp-json/wp/v2/users/me"},
		BadTry:       validate,
		NoHeader:     []string{"MISSING_AUTHORIZATION_HEADER"},
		BadToken:     []string{"SEGMENT_FAULT", "INVALID_SIGNATURE", "UNAUTHORIZED"},
		Cures: map[string]string{
			"BAD_REQUEST": "the secret is missing or too weak: set it in miniOrange's settings, or as the mount's secret, to 32 random bytes or more",
		},
	}
}

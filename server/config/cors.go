package config

// CORS configures cross-origin access. If enabled, it applies to everything that the
// public listener serves: Access-Control-* headers of upstreams are replaced, and
// preflights are answered without authentication. If disabled, preflights are treated
// like any request, which rules may deny, and upstreams' headers pass unchanged, except
// that WordPress's permission for every origin to send cookies is removed.
type CORS struct {
	Enabled     bool     `yaml:"enabled" default:"false" doc:"Whether Cardea sends the CORS headers for everything that it serves, as JWT_AUTH_CORS_ENABLE does for a plugin. Otherwise upstreams send their own. WordPress allows every origin to send the visitor's cookies; that header is removed from its responses in any case."`
	Origins     []string `yaml:"origins" default:"[\"*\"]" doc:"Origins whose pages may read responses: https://app.example.org, https://*.example.org for one label in front, or * for any. With credentials, neither * nor a pattern in whose domain anybody can register a name, such as https://*.com."`
	Methods     []string `yaml:"methods" default:"[GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS]" doc:"Methods that those pages may use."`
	Headers     []string `yaml:"headers" default:"[Authorization, Content-Type, Content-Disposition, Content-MD5, X-WP-Nonce, X-Requested-With, X-API-Key, Accept, Access-Control-Allow-Headers]" doc:"Request headers that those pages may set. Headers of rules and mounts that carry credentials are added automatically."`
	Expose      []string `yaml:"expose" default:"[X-WP-Total, X-WP-TotalPages, Link, WWW-Authenticate, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, CoCart-API-Cart-Key, CoCart-API-Cart-Expiring, CoCart-API-Cart-Expiration]" doc:"Response headers that those pages may read, besides those that they may always read."`
	Credentials bool     `yaml:"credentials" default:"false" doc:"Whether browsers may send cookies, for listed origins only. Tokens in headers do not need this; the refresh-token cookie of some dialects does."`
	MaxAge      Duration `yaml:"max_age" default:"10m" doc:"How long a browser may cache the response to a preflight."`
}

package config

// Server configures the listeners and the shutdown.
type Server struct {
	Listen           string   `yaml:"listen" default:"127.0.0.1:8080" doc:"Address of the public listener, host:port. An empty host means every interface."`
	AdminListen      string   `yaml:"admin_listen" default:"127.0.0.1:9090" doc:"Address of the listener for health, readiness and metrics, host:port. Do not expose it to the public."`
	AdminHosts       []string `yaml:"admin_hosts" doc:"Host names that the admin listener accepts, besides IP addresses, localhost and the name in admin_listen. Requests with any other Host are refused, which prevents DNS rebinding."`
	PublicURL        string   `yaml:"public_url" doc:"Scheme and host under which clients reach the public listener, such as https://auth.example.org."`
	TrustedProxies   []string `yaml:"trusted_proxies" doc:"Addresses or networks of the proxies in front, whose X-Forwarded-* headers are trusted. None by default."`
	ProtectedHeaders []string `yaml:"protected_headers" doc:"Further headers that are deleted from every request, in every spelling. X-Auth-*, X-Cardea-* and the headers that hooks may set at identity-headers are always deleted."`
	TLS              TLS      `yaml:"tls" doc:"Certificate of the public listener. Without one it serves plain HTTP."`
	ShutdownDelay    Duration `yaml:"shutdown_delay" default:"5s" doc:"How long the server reports that it is not ready before it stops accepting connections. 0: no delay."`
	DrainTimeout     Duration `yaml:"drain_timeout" default:"25s" doc:"How long requests in progress may take to finish when the server stops."`
}

// TLS names a certificate and its private key, both in PEM.
type TLS struct {
	CertFile string `yaml:"cert_file" kind:"path" doc:"PEM file with the certificate chain."`
	KeyFile  string `yaml:"key_file" kind:"path" doc:"PEM file with the private key of the certificate."`
}

// Limits bounds the resources that requests and connections may use.
type Limits struct {
	BodyBytes          int `yaml:"body_bytes" default:"1048576" doc:"Maximum size in bytes of a request body that Cardea's own endpoints read. It does not limit proxied bodies."`
	HeldBodyBytes      int `yaml:"held_body_bytes" default:"0" doc:"Memory in bytes for bodies that are held at the same time. One half is for request bodies that must be read before the answer (Cardea's own endpoints, batches, forms to a WordPress, bodies that a signature covers); one peer may use an eighth of it. The other half is for request bodies that wait to be forwarded, and for responses that are read ahead, which may use half of it; one peer may use an eighth of each. Bodies of up to 8 KiB have a quarter of each half alone. A request that does not fit is answered 503 with Retry-After; a body that could be forwarded is streamed if a credential came with it. 0: 134217728; never less than 16 times body_bytes."`
	HeaderBytes        int `yaml:"header_bytes" default:"65536" doc:"Maximum size of the request line and headers in bytes."`
	HashConcurrency    int `yaml:"hash_concurrency" default:"0" doc:"How many passwords are hashed at the same time. 0: one per processor. Others wait: users where they recently logged in and operators' changes come first, and all others get 503 with Retry-After after 5 seconds, or if more than 256 wait."`
	LoginFailures      int `yaml:"login_failures" default:"20" doc:"How many failed logins of one user at one source are allowed before the next ones are delayed. The limit is twice as high for one source, 4, 10 and 20 times for an IPv6 /56, an IPv6 /48 and an IPv4 /24, and 5 times for one user at all sources together. 0: no delay."`
	Logins             int `yaml:"logins" default:"300" doc:"How many logins of one user for tokens may succeed in a minute; further ones are answered 429 with Retry-After. Failed logins and Basic do not count. 0: no limit."`
	Refreshes          int `yaml:"refreshes" default:"60" doc:"How many refreshes of one session may succeed in a minute; further ones are answered 429 with Retry-After. Refused ones do not count. 0: no limit."`
	Connections        int `yaml:"connections" default:"8192" doc:"How many connections a listener may have open, at most half of the files that the process may open. At the limit, the connection that has waited longest for its client (for a TLS handshake, a request, or a body or reader slower than 16 KiB per second) is closed for a new one; if none waits, the new one is closed."`
	ConnectionsPerPeer int `yaml:"connections_per_peer" default:"512" doc:"How many of them one peer may have: an IPv4 address, or an IPv6 /64. It may have as many requests in progress over HTTP/2. Trusted proxies, loopback and unix sockets count only in connections. 0: no limit."`
	CacheEntries       int `yaml:"cache_entries" default:"65536" doc:"How many verified credentials are cached in memory; those longer than 4096 bytes are never cached. 0: none."`
}

// Log configures the log, which is written to standard error.
type Log struct {
	Level  string `yaml:"level" default:"info" enum:"debug|info|warn|error" doc:"Least severe level that is logged."`
	Format string `yaml:"format" default:"json" enum:"json|text" doc:"json for machines, text for people."`
}

// CORS configures cross-origin access. If enabled, it applies to everything that the
// public listener serves: Access-Control-* headers of upstreams are replaced, except that
// the headers that they expose are added, and preflights are answered without
// authentication, with the methods and headers that an upstream lists added if a rule lets
// the preflight through to it. If disabled, pages of every origin may read Cardea's own answers at
// mounts and below REST APIs, without cookies; elsewhere preflights are treated like any
// request, which rules may deny. Upstreams' headers then pass unchanged, except that
// WordPress's permission for every origin to send cookies is removed.
type CORS struct {
	Enabled     bool     `yaml:"enabled" default:"false" doc:"Whether Cardea sends the CORS headers for everything that it serves, as JWT_AUTH_CORS_ENABLE does for a plugin. Otherwise upstreams send their own, and Cardea answers at mounts and below a WordPress's REST API as the plugins do: pages of every origin may read the answers, without cookies. WordPress allows every origin to send the visitor's cookies; that header is removed from its responses in any case."`
	Origins     []string `yaml:"origins" default:"[\"*\"]" doc:"Origins whose pages may read responses: https://app.example.org, https://*.example.org for one label in front, or * for any. With credentials, neither * nor a pattern in whose domain anybody can register a name, such as https://*.com."`
	Methods     []string `yaml:"methods" default:"[GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS]" doc:"Methods that those pages may use. At mounts, and below the REST API of a WordPress, those that WordPress lists are added."`
	Headers     []string `yaml:"headers" default:"[Authorization, Content-Type, Content-Disposition, Content-MD5, X-WP-Nonce, X-Requested-With, X-API-Key, Accept, Access-Control-Allow-Headers]" doc:"Request headers that those pages may set. Headers of rules and mounts that carry credentials are added automatically; so are, at mounts and below the REST API of a WordPress, those that the plugin, WordPress and WooCommerce list, such as CoCart-API-Cart-Key, Cart-Token and Nonce. Where rules let a request without a credential through, the upstream gets the preflight, too, and those that it lists are added."`
	Expose      []string `yaml:"expose" default:"[X-WP-Total, X-WP-TotalPages, Link, WWW-Authenticate, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, CoCart-API-Cart-Key, CoCart-API-Cart-Expiring, CoCart-API-Cart-Expiration]" doc:"Response headers that those pages may read, besides those that they may always read. Those that a response exposes itself, and at mounts those that the plugin exposes, are added."`
	Credentials bool     `yaml:"credentials" default:"false" doc:"Whether browsers may send cookies, for listed origins only. Tokens in headers do not need this; the refresh-token cookie of some dialects does."`
	MaxAge      Duration `yaml:"max_age" default:"10m" doc:"How long a browser may cache the response to a preflight."`
}

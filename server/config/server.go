package config

// Server configures the listeners and the shutdown.
type Server struct {
	Listen           string   `yaml:"listen" default:"127.0.0.1:8080" doc:"Address of the public listener, host:port. An empty host means every interface."`
	AdminListen      string   `yaml:"admin_listen" default:"127.0.0.1:9090" doc:"Address of the listener for health, readiness and metrics, host:port. Keep it away from the public."`
	AdminHosts       []string `yaml:"admin_hosts" doc:"Host names under which the admin listener may be asked, besides IP addresses, localhost and the name in admin_listen. Requests with any other Host are refused, since a page elsewhere could have had its name point here (DNS rebinding)."`
	PublicURL        string   `yaml:"public_url" doc:"Scheme and host under which clients reach the public listener, such as https://auth.example.org."`
	TrustedProxies   []string `yaml:"trusted_proxies" doc:"Addresses or networks of the proxies in front, whose X-Forwarded-* headers are believed. None by default."`
	ProtectedHeaders []string `yaml:"protected_headers" doc:"Further headers that are deleted from every request, in every spelling. X-Auth-*, X-Cardea-*, and what hooks may set at identity-headers always are."`
	TLS              TLS      `yaml:"tls" doc:"Certificate of the public listener. Without one it speaks plain HTTP."`
	ShutdownDelay    Duration `yaml:"shutdown_delay" default:"5s" doc:"How long the server says that it is not ready before it stops accepting. 0 skips the wait."`
	DrainTimeout     Duration `yaml:"drain_timeout" default:"25s" doc:"How long requests that are under way may take to finish when the server stops."`
}

// TLS names a certificate and its private key, both in PEM.
type TLS struct {
	CertFile string `yaml:"cert_file" kind:"path" doc:"PEM file with the certificate chain."`
	KeyFile  string `yaml:"key_file" kind:"path" doc:"PEM file with the private key of the certificate."`
}

// Limits bounds the resources that requests and connections may use.
type Limits struct {
	BodyBytes          int `yaml:"body_bytes" default:"1048576" doc:"Largest body in bytes that Cardea's own endpoints read. Proxied bodies are not limited by it."`
	HeldBodyBytes      int `yaml:"held_body_bytes" default:"0" doc:"Memory in bytes for bodies that the process holds at the same time: half for those that it must read before it answers (its own endpoints, batches, forms to a WordPress, bodies that a signature covers), of which one peer has an eighth at most, and half for those that wait to be passed on, which pass on unread without room, and for answers that are read ahead, which have half of it at most. A request that finds no room is 503 with Retry-After. 0 is 134217728; never less than 16 times body_bytes."`
	HeaderBytes        int `yaml:"header_bytes" default:"65536" doc:"Largest request line and header block in bytes."`
	HashConcurrency    int `yaml:"hash_concurrency" default:"0" doc:"How many passwords are hashed at the same time. 0 means one for each processor."`
	LoginFailures      int `yaml:"login_failures" default:"20" doc:"How many failed logins of one user cost nothing before the next ones are slowed down; of a source twice as many, of an IPv6 /56, /48 and an IPv4 /24 4, 10 and 20 times, and of one user from everywhere 5 times. 0 never slows down."`
	Logins             int `yaml:"logins" default:"300" doc:"How many logins of one user for tokens succeed in a minute; the next ones are 429 with Retry-After. Failed logins do not count, nor does Basic. 0 is no limit."`
	Connections        int `yaml:"connections" default:"8192" doc:"How many connections a listener may have open, at most half of the files that the process may open. At the cap, the one that has waited longest for its client is closed for a new one; if all have a request under way, the new one is closed."`
	ConnectionsPerPeer int `yaml:"connections_per_peer" default:"512" doc:"How many of them one peer may have: an IPv4 address, or a /64 of IPv6. As many requests may it have under way over HTTP/2. Trusted proxies, loopback and unix sockets count in connections only. 0 is no cap."`
	CacheEntries       int `yaml:"cache_entries" default:"65536" doc:"How many verified credentials are remembered in memory; those longer than 4096 bytes never are. 0 remembers none."`
}

// Log configures the log, which is written to standard error.
type Log struct {
	Level  string `yaml:"level" default:"info" enum:"debug|info|warn|error" doc:"Least severe level that is written."`
	Format string `yaml:"format" default:"json" enum:"json|text" doc:"json for machines, text for people."`
}

// CORS configures cross-origin access. If enabled, it applies to everything that the
// public listener serves: Access-Control-* headers of upstreams are replaced, and
// preflights are answered without authentication. If disabled, preflights are treated
// like any request, which rules may deny, and upstreams' headers pass unchanged, except
// that WordPress's permission for every origin to send cookies is removed.
type CORS struct {
	Enabled     bool     `yaml:"enabled" default:"false" doc:"Whether Cardea speaks for all that it serves, as JWT_AUTH_CORS_ENABLE does for a plugin. Otherwise upstreams speak for themselves; that WordPress lets every origin ask with the visitor's cookies is taken out of its answers in any case."`
	Origins     []string `yaml:"origins" default:"[\"*\"]" doc:"Origins whose pages may read answers: https://app.example.org, https://*.example.org for one label in front, or * for any. With credentials neither * nor a pattern below which anybody can have a name, such as https://*.com."`
	Methods     []string `yaml:"methods" default:"[GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS]" doc:"Methods that those pages may use."`
	Headers     []string `yaml:"headers" default:"[Authorization, Content-Type, Content-Disposition, Content-MD5, X-WP-Nonce, X-Requested-With, X-API-Key, Accept, Access-Control-Allow-Headers]" doc:"Request headers that those pages may set. Headers of rules and mounts that carry credentials are added by themselves."`
	Expose      []string `yaml:"expose" default:"[X-WP-Total, X-WP-TotalPages, Link, WWW-Authenticate, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, CoCart-API-Cart-Key, CoCart-API-Cart-Expiring, CoCart-API-Cart-Expiration]" doc:"Response headers that those pages may read, besides those that they always may."`
	Credentials bool     `yaml:"credentials" default:"false" doc:"Whether browsers may send cookies along, for listed origins only. Tokens in headers need none; a refresh token in a cookie, as some dialects have it, does."`
	MaxAge      Duration `yaml:"max_age" default:"10m" doc:"How long a browser may remember the answer to a preflight."`
}

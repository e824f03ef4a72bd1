// Package config loads Cardea's configuration: one YAML file and the environment become
// one typed and validated Config.
//
// The commands call Load; server/app builds the server from the Config. The origin of
// every value is recorded, and all mistakes are reported at once, each with file, line
// and how to fix it.
//
//	default tags --> cardea.yaml: keys, types, positions --> CARDEA_A__B=...: names, types
//	                                                              |
//	                     Config <-- Validate <-- secret files <-- paths
//
// Package internal/tree reads, writes and describes such trees of structs, internal/environ
// sets values of them from the environment, and internal/form checks single values.
//
// The types are in server.go (listeners, TLS, CORS), access.go (mounts, rules, upstreams),
// state.go (store, keys, tokens, users) and extend.go (plugins, hooks); the checks of each
// part are in validate_*.go.
//
// The struct types are the only description of the tree: their tags hold the key
// (yaml), the description (doc), the default and the allowed values (enum), and the
// loader, the printer and the JSON Schema read nothing else. A new setting is one field.
//
// Precedence is environment, file, default. The environment can set every scalar and
// every list of strings that is not itself inside a list; two underscores separate
// levels:
//
//	CARDEA_TOKENS__ACCESS_TTL=15m             tokens.access_ttl
//	CARDEA_SERVER__TRUSTED_PROXIES=10.0.0.0/8 server.trusted_proxies
//	CARDEA_UPSTREAMS__MY_APP__URL=http://app  upstreams.my-app.url
//	CARDEA_STORE__DSN_FILE=/run/secrets/dsn   store.dsn, read from the file
//
// A relative path in the file is relative to the file's directory; one from the
// environment or a default is relative to the working directory.
//
// The package opens no store, key or plugin file; the packages that own those validate
// them. It starts nothing and holds no state between calls.
package config

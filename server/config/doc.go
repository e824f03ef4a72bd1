// Package config is Cardea's configuration: one YAML file and the environment
// become one typed and validated Config.
//
// The commands call Load; server/app turns the Config into parts. Every value
// knows where it came from, every mistake is reported with file, line and a way
// out, and all mistakes are reported at once.
//
//	default tags --> cardea.yaml: keys, types, positions --> CARDEA_A__B=...: names, types
//	                                                              |
//	                     Config <-- Validate <-- secret files <-- paths
//
// How a tree of such structs is read, written and described is internal/tree's part.
//
// The struct types are the only description of the tree: their tags hold the key
// (yaml), the sentence for people (doc), the default and the permitted words
// (enum), and the loader, the printer and the JSON Schema read nothing else. A new
// setting is one field.
//
// Precedence is environment, file, default. The environment reaches every scalar
// and every list of texts that is not itself inside a list; two underscores step
// down one level:
//
//	CARDEA_TOKENS__ACCESS_TTL=15m             tokens.access_ttl
//	CARDEA_SERVER__TRUSTED_PROXIES=10.0.0.0/8 server.trusted_proxies
//	CARDEA_UPSTREAMS__MY_APP__URL=http://app  upstreams.my-app.url
//	CARDEA_STORE__DSN_FILE=/run/secrets/dsn   store.dsn, read from the file
//
// A relative path is taken from the directory of the file that names it, and from
// the working directory when the environment or a default names it.
//
// The package opens no store, key or plugin file: whether those are good is for
// the rooms that own them. It starts nothing and holds no state between calls.
package config

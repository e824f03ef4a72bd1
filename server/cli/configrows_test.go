package cli

import "strings"

// configRow is a configuration for which 'config check' and 'serve' are compared.
type configRow struct {
	name string
	text string // of cardea.yaml; a server on free ports is added where it has none
	want string // in what check says; "": the configuration is good
	env  string // a variable to set, NAME=value

	serves  bool // it is refused by check alone: serve starts, and clients are refused
	noPlace bool // the message has no line number
}

// shopMount is a mount with what the other settings need.
const shopMount = `{name: shop, dialect: wpjwt, issuer: "https://shop.example", secret_file: good.secret`

// configRows returns the table, one line for each configuration. configFiles creates the
// files that they name.
func configRows() []configRow {
	app := "upstreams: {app: {url: \"builtin:demo\"}}\n"
	long := strings.Repeat("x", 300)
	return []configRow{
		// YAML
		{name: "tab", text: "server:\n\tlisten: 127.0.0.1:0\n", want: "a tab indents this line"},
		{name: "tab deeper", text: "store: {driver: memory}\nlog:\n  level: info\n \tformat: json\n", want: "a tab indents this line"},
		{name: "bad indent", text: "log:\n  level: info\n   format: json\n", want: "indentation of its neighbours"},
		{name: "key twice", text: "data: a\nlog: {}\ndata: b\n", want: "here twice"},
		{name: "key twice below", text: "log: {level: info, level: warn}\n", want: "keep one"},
		{name: "unknown key", text: "upstreems: {}\n", want: "did you mean upstreams?"},
		{name: "unknown key below", text: "tokens: {acess_ttl: 1h}\n", want: "did you mean access_ttl?"},
		{name: "key of another section", text: "access_ttl: 1h\n", want: "there is tokens.access_ttl"},
		{name: "text for a list", text: "rules: all\n", want: "must be a list"},
		{name: "list for a section", text: "server: [a]\n", want: "must be a mapping"},
		{name: "section for a value", text: "data: {a: b}\n", want: "must be a string"},
		{name: "number for a switch", text: "cors: {enabled: 1}\n", want: "true or false"},
		{name: "yes for a switch", text: "cors: {enabled: yes}\n", want: "true or false"},
		{name: "octal", text: "limits: {body_bytes: 0600}\n", want: "whole number"},
		{name: "float", text: "limits: {body_bytes: 1.5}\n", want: "whole number"},
		{name: "anchor", text: "data: &d x\nlog: {level: *d}\n", want: "write the value out"},
		{name: "merge key", text: "log:\n  <<: {level: info}\n", want: "unknown key"},
		{name: "YAML tag", text: "data: !!str x\n", want: "remove"},
		{name: "two documents", text: "data: a\n---\ndata: b\n", want: "remove this line"},
		{name: "unclosed quote", text: "data: \"a\n", want: "end the text with the quote"},
		{name: "unclosed list", text: "cors: {origins: [a\n", want: "end the list with ]"},
		{name: "colon in a value", text: "data: a: b\n", want: "in quotes"},
		{name: "at sign", text: "data: @home\n", want: "in quotes"},
		{name: "escape", text: "data: \"a\\q\"\n", want: "single quotes"},
		{name: "not UTF-8", text: "data: \"\xff\"\n", want: "save the file as UTF-8"},
		{name: "UTF-16", text: "\xff\xfed\x00a\x00", want: "save the file as UTF-8"},
		{name: "a list as the document", text: "- a\n", want: "must be a mapping"},
		{name: "a word as the document", text: "hello\n", want: "must be a mapping"},
		{name: "nothing as a value", text: "data:\n", want: "give it a value"},
		{name: "huge", text: "data: a\n# " + strings.Repeat("x", 1<<20) + "\n", want: "name a smaller file", noPlace: true},

		// Words, numbers and durations
		{name: "enum with a slip", text: "log: {level: inf}\n", want: "did you mean info?"},
		{name: "enum driver", text: "store: {driver: postgres}\n", want: "write one of sqlite, memory"},
		{name: "enum format", text: "log: {format: xml}\n", want: "write one of json, text"},
		{name: "enum algorithm", text: "keys: {algorithm: none}\n", want: "write one of HS256"},
		{name: "enum when_stale", text: "revocation: {when_stale: never}\n", want: "write one of closed"},
		{name: "enum slash", text: "trailing_slash: both\n", want: "write one of distinct, same"},
		{name: "enum method", text: "methods: [{type: oauth}]\n", want: "write one of apikey, basic, jwt"},
		{name: "enum directory", text: "users: [{type: ldap}]\n", want: "write one of store"},
		{name: "enum dialect", text: "mounts: [{name: a, dialect: wpjwtx}]\n", want: "did you mean wpjwt?"},
		{name: "enum access", text: app + "rules: [{name: a, path: /a, access: open}]\n", want: "write one of public"},
		{name: "enum identity", text: "upstreams: {a: {url: \"builtin:demo\", identity: jwt}}\n", want: "write one of headers"},
		{name: "enum kind", text: "upstreams: {a: {url: \"builtin:demo\", kind: drupal}}\n", want: "write one of auto"},
		{name: "enum on_error", text: "hooks: [{point: auth-expire, expr: \"60\", on_error: ignore}]\n", want: "write one of auto"},
		{name: "enum isolation", text: "plugins: [{name: p, file: short.wasm, isolation: none}]\n", want: "write one of reset"},
		{name: "enum body", text: "rules: [{name: a, path: /a, body: hold}]\n", want: "write one of buffer, stream"},
		{name: "duration", text: "tokens: {access_ttl: soon}\n", want: "write it as 250ms"},
		{name: "negative duration", text: "tokens: {access_ttl: -5m}\n", want: "write it as 250ms"},
		{name: "huge duration", text: "tokens: {max_ttl: 999999999999d}\n", want: "write it as 250ms"},
		{name: "no duration", text: "revocation: {poll_every: 0}\n", want: "must be longer than 0"},
		{name: "lifetime over the longest", text: "tokens: {access_ttl: 31d}\n", want: "raise max_ttl"},
		{name: "lifetime below the shortest", text: "tokens: {access_ttl: 30s}\n", want: "lower min_ttl"},
		{name: "refresh shorter than access", text: "tokens: {refresh_ttl: 5m}\n", want: "must outlive it"},
		{name: "stale before read", text: "revocation: {poll_every: 10s, max_staleness: 5s}\n", want: "must be shorter than revocation.max_staleness"},
		{name: "size below", text: "limits: {body_bytes: 0}\n", want: "write 1 to"},
		{name: "size above", text: "limits: {header_bytes: 99999999}\n", want: "write 4096 to"},
		{name: "size beyond 32 bits", text: "limits: {body_bytes: 99999999999}\n", want: "whole number"},
		{name: "connections", text: "limits: {connections: 1}\n", want: "write 16 to"},
		{name: "preflight age", text: "cors: {max_age: 2d}\n", want: "write 24h at most"},
		{name: "watch too often", text: "sandbox: {watch: 1ms}\n", want: "100ms is soon enough"},

		// References and clashes
		{name: "rule to no upstream", text: app + "rules: [{name: a, path: /a, upstream: ap}]\n", want: "did you mean app?"},
		{name: "rule without an upstream", text: "rules: [{name: a, path: /a}]\n", want: "name it"},
		{name: "mount of no directory", text: "mounts: [" + shopMount + ", directory: blog}]\n", want: "no directory is called"},
		{name: "accepts_from nobody", text: "mounts: [" + shopMount + ", accepts_from: [blog]}]\n", want: "no mount is called"},
		{name: "upstream of no directory", text: "upstreams: {a: {url: \"builtin:demo\", directory: blog}}\n", want: "no directory is called"},
		{name: "upstream of no mount", text: "upstreams: {a: {url: \"builtin:demo\", identity: plugin-compat, mount: shop}}\n", want: "no mount is called"},
		{name: "hook of no plugin", text: "hooks: [{point: auth-expire, plugin: short}]\n", want: "add it under plugins"},
		{name: "hook at no point", text: "hooks: [{point: auth-expires, expr: \"60\"}]\n", want: "'cardea hooks list'"},
		{name: "expression that is none", text: "hooks: [{point: auth-expire, expr: \"lifetime +\"}]\n", want: "expr"},
		{name: "expression of an unknown name", text: "hooks: [{point: auth-expire, expr: \"lifetimes\"}]\n", want: "lifetimes"},
		{name: "hook twice", text: "plugins: [" + short + "}]\nhooks: [{point: auth-expire, plugin: short}, {point: auth-expire, plugin: short}]\n", want: "remove one"},
		{name: "hook that the plugin lacks", text: "plugins: [" + short + "}]\nhooks: [{point: token-claims, plugin: short}, {point: login-before, plugin: short}]\n", want: "login-before"},
		{name: "site of no mount", text: "methods: [{type: basic, sites: [\"/x\"]}]\n", want: "neither the name of a mount nor a host"},
		{name: "sites of passwords beside a program", text: "upstreams: {wp: {url: \"http://127.0.0.1:1\", kind: wordpress}, app: {url: \"http://127.0.0.1:2\", kind: other}}\n" +
			"mounts: [" + shopMount + ", host: shop.example}]\nrules: [{name: a, host: shop.example, path: /**, upstream: wp}, {name: b, host: app.example, path: /**, upstream: app}]\n",
			want: "methods[0].sites: is missing (methods[1].sites too): mount \"shop\" answers on shop.example, and rule \"b\" leads to another application at app.example", serves: true},
		{name: "mode without its method", text: "methods: [{type: jwt}]\nmounts: [{name: a, dialect: miniorange, mode: basic}]\n", want: "add '- type: basic'"},
		{name: "two mounts of a name", text: "mounts: [" + shopMount + "}, " + shopMount + ", prefix: /b}]\n", want: "choose another"},
		{name: "two mounts at one place", text: "mounts: [" + shopMount + "}, {name: b, dialect: usefulteam}]\n", want: "change one of them"},
		{name: "two mounts told by nothing", text: "mounts: [{name: a, dialect: wpjwt}, {name: b, dialect: wpjwt, prefix: /b}]\n", want: "an issuer, or a secret, of its own"},
		{name: "two rules of a name", text: app + "rules: [{name: a, path: /a}, {name: a, path: /b}]\n", want: "choose another"},
		{name: "two rules for one thing", text: app + "rules: [{name: a, path: /a, access: public}, {name: b, path: /a}]\n", want: "/a"},
		{name: "two methods of a name", text: "methods: [{type: jwt}, {type: basic, name: jwt}]\n", want: "choose another"},
		{name: "two plugins of a name", text: "plugins: [" + short + "}, " + short + "}]\n", want: "choose another"},
		{name: "two issuers of a name", text: "issuers: [" + partner + "}, " + partner + "}]\n", want: "choose another"},
		{name: "two signers of a name", text: "sandbox: {signers: [{name: a, file: pub.pem}, {name: a, file: pub.pem}]}\n", want: "choose another"},
		{name: "two stores", text: "users: [{type: store}, {type: store, name: b}]\n", want: "remove one"},
		{name: "name that is none", text: "upstreams: {\"My App\": {url: \"builtin:demo\"}}\n", want: "use lower-case letters"},
		{name: "long name", text: "rules: [{name: " + long + ", path: /a}]\n", want: "at most 63"},

		// Addresses
		{name: "listen without a port", text: "server: {listen: localhost}\n", want: "write host:port"},
		{name: "listen beyond all ports", text: "server: {listen: \"127.0.0.1:65536\"}\n", want: "write host:port"},
		{name: "listeners clash", text: "server: {listen: \"127.0.0.1:18080\", admin_listen: \"127.0.0.1:18080\"}\n", want: "choose another port"},
		{name: "listeners clash by wildcard", text: "server: {listen: \"0.0.0.0:18081\", admin_listen: \"127.0.0.1:18081\"}\n", want: "choose another port"},
		{name: "listeners clash by name", text: "server: {listen: \"localhost:18082\", admin_listen: \"127.0.0.1:18082\"}\n", want: "choose another port"},
		{name: "address taken", text: "server: {listen: \"$TAKEN\", admin_listen: \"127.0.0.1:0\"}\n", want: "stop what listens there"},
		{name: "admin address taken", text: "server: {listen: \"127.0.0.1:0\", admin_listen: \"$TAKEN\"}\n", want: "stop what listens there"},
		{name: "address of another machine", text: "server: {listen: \"192.0.2.1:0\", admin_listen: \"127.0.0.1:0\"}\n", want: "choose an IP address of this machine, or 0.0.0.0"},
		{name: "upstream with a path", text: "upstreams: {a: {url: \"http://127.0.0.1/app\"}}\n", want: "remove the path"},
		{name: "upstream without a scheme", text: "upstreams: {a: {url: \"127.0.0.1:80\"}}\n", want: "write scheme and host"},
		{name: "proxy that is everybody", text: "server: {trusted_proxies: [0.0.0.0/0], listen: \"127.0.0.1:0\"}\n", want: "list the networks of your own proxies"},
		{name: "origin with a path", text: "cors: {enabled: true, origins: [\"https://a.example/x\"]}\n", want: "remove what follows"},
		{name: "every origin with cookies", text: "cors: {enabled: true, credentials: true}\n", want: "list the origins"},

		// Files
		{name: "secret file missing", text: "mounts: [{name: a, dialect: wpjwt, secret_file: none.secret}]\n", want: "write the file, or correct the path"},
		{name: "secret file is a directory", text: "mounts: [{name: a, dialect: wpjwt, secret_file: dir}]\n", want: "name a regular file"},
		{name: "secret file is a pipe", text: "mounts: [{name: a, dialect: wpjwt, secret_file: pipe}]\n", want: "name a regular file"},
		{name: "unknown alias", text: "data: d\nrules:\n# *all\n- {name: all, path: *all}\n", want: "cardea.yaml:5:21: is not YAML: unknown anchor 'all' referenced: write the value itself"},
		{name: "alias of nothing", text: "data: d\nrules:\n- name: all\n  path: **\n", want: "cardea.yaml:5:3: is not YAML: "},
		{name: "key file with a public key", text: "keys: {algorithm: RS256, file: pub.pem}\n", want: "keys.file: has no private part, which is needed to sign: name the file with the private key"},
		{name: "key file of a secret", text: "keys: {algorithm: RS256, file: good.secret}\n", want: ": name a file with a private key for RS256, in PEM or as a JWK"},
		{name: "name of the native format", text: "mounts: [{name: native, dialect: wpjwt, secret_file: good.secret}]\n", want: "mounts[0].name: is native, the name of Cardea's own token format: choose another"},
		{name: "data is a link to nothing", text: "data: gone\n", want: "gone is a symbolic link to nowhere, which does not exist: mount or create that"},
		{name: "lock is a directory", text: "data: locked\n", want: "is in the way of a lock"},
		{name: "lock of the keys is a directory", text: "data: keylocked\n", want: "is in the way of a lock"},
		{name: "control socket is a directory", text: "data: socket\n", want: "in the way of the control socket: remove it"},
		{name: "cache of plugins is a file", text: "data: cachefile\nplugins: [{name: p, file: \"builtin:short-expiry\", config: {claim: plan, value: x}, grants: {read: [lifetime], write: [lifetime]}}]\nhooks: [{point: auth-expire, plugin: p}]\n", want: "is not a directory, and compiled plugins are kept there: remove it"},
		{name: "secret file is empty", text: "mounts: [{name: a, dialect: wpjwt, secret_file: empty.secret}]\n", want: "put the secret in it"},
		{name: "secret file is huge", text: "mounts: [{name: a, dialect: wpjwt, secret_file: huge.secret}]\n", want: "name a smaller file"},
		{name: "secret and its file", text: "mounts: [" + shopMount + ", secret: x}]\n", want: "keep one"},
		{name: "key file missing", text: "keys: {algorithm: RS256, file: none.pem}\n", want: "write the file, or correct the path"},
		{name: "key file is a directory", text: "keys: {algorithm: RS256, file: dir}\n", want: "name a regular file"},
		{name: "key file of another algorithm", text: "keys: {algorithm: EdDSA, file: good.key}\n", want: "keys"},
		{name: "key file is not a key", text: "keys: {algorithm: RS256, file: good.secret}\n", want: "keys"},
		{name: "key too short", text: "keys: {secret: short}\n", want: "openssl rand"},
		{name: "JWK set missing", text: "issuers: [{name: p, issuer: \"https://id.example\", audience: [a], algorithms: [RS256], jwks_file: none.json}]\n", want: "write the file, or correct the path"},
		{name: "JWK set is none", text: "issuers: [{name: p, issuer: \"https://id.example\", audience: [a], algorithms: [RS256], jwks_file: good.secret}]\n", want: "good.secret"},
		{name: "signer missing", text: "sandbox: {signers: [{name: a, file: none.pem}]}\n", want: "write the file, or correct the path"},
		{name: "signer is not a key", text: "sandbox: {signers: [{name: a, file: good.secret}]}\n", want: "good.secret"},
		{name: "passwords missing", text: "users: [{type: wordpress, dsn: \"u:p@tcp(127.0.0.1:1)/w\"}]\nupstreams: {a: {url: \"builtin:demo\", identity: application-password, passwords_file: none.txt}}\n", want: "write the file, or correct the path"},
		{name: "passwords are none", text: "users: [{type: wordpress, dsn: \"u:p@tcp(127.0.0.1:1)/w\"}]\nupstreams: {a: {url: \"builtin:demo\", identity: application-password, passwords_file: good.secret}}\n", want: "login:password"},

		// TLS
		{name: "certificate missing", text: tlsOf("none.crt", "good.key"), want: "write the file, or correct the path"},
		{name: "key missing", text: tlsOf("good.crt", "none.key"), want: "write the file, or correct the path"},
		{name: "certificate is a directory", text: tlsOf("dir", "good.key"), want: "name a regular file"},
		{name: "certificate is a pipe", text: tlsOf("pipe", "good.key"), want: "name a regular file"},
		{name: "certificate is not PEM", text: tlsOf("good.secret", "good.key"), want: "both in PEM"},
		{name: "key of another certificate", text: tlsOf("good.crt", "other.key"), want: "name a certificate chain and its private key"},
		{name: "certificate and key exchanged", text: tlsOf("good.key", "good.crt"), want: "both in PEM"},
		{name: "certificate alone", text: "server: {listen: \"127.0.0.1:0\", tls: {cert_file: good.crt}}\n", want: "needs both"},
		{name: "certificate expired", text: tlsOf("expired.crt", "expired.key"), want: "renew it", serves: true},
		{name: "certificate of tomorrow", text: tlsOf("tomorrow.crt", "tomorrow.key"), want: "set the clock", serves: true},

		// Plugins
		{name: "module missing", text: "plugins: [{name: p, file: none.wasm}]\n", want: "write the file, or correct the path"},
		{name: "module is a directory", text: "plugins: [{name: p, file: dir}]\n", want: "name a regular file"},
		{name: "module is none", text: "plugins: [{name: p, file: good.secret}]\n", want: "plugins[0].file"},
		{name: "module that is not built in", text: "plugins: [{name: p, file: \"builtin:long-expiry\"}]\n", want: "choose one of"},
		{name: "digest that is none", text: "plugins: [{name: p, file: short.wasm, sha256: abc}]\n", want: "sha256sum"},
		{name: "digest of another module", text: "plugins: [{name: p, file: short.wasm, sha256: " + strings.Repeat("0", 64) + "}]\n", want: "pin the new one"},
		{name: "unsigned", text: "sandbox: {signers: [{name: a, file: pub.pem}]}\nplugins: [{name: p, file: short.wasm, signed: true}]\n", want: "put the signature beside it"},
		{name: "signed by nobody known", text: "plugins: [{name: p, file: short.wasm, signed: true}]\n", want: "sandbox.signers names nobody"},
		{name: "secret that is not there", text: "plugins: [" + short + ", grants: {secrets: [key]}}]\n", want: "no secret is called"},
		{name: "module too large", text: "plugins: [{name: p, file: short.wasm, limits: {module_bytes: 100}}]\n", want: "limits.module_bytes"},
		{name: "grant of nothing known", text: "plugins: [" + short + ", grants: {allow: [everything]}}]\n", want: "everything"},

		// Secrets of mounts, databases and the data directory
		{name: "weak secret of a mount", text: "mounts: [{name: a, dialect: wpjwt, secret: hunter2}]\n", want: "openssl rand", serves: true},
		{name: "well-known secret of a mount", text: "mounts: [{name: a, dialect: usefulteam, secret: \"your-top-secret-key\"}]\n", want: "openssl rand", serves: true},
		{name: "weak secret from a file", text: "mounts: [{name: a, dialect: cocart, secret_file: weak.secret}]\n", want: "mounts[0].secret_file: ", serves: true},
		{name: "weak key from a file", text: "keys: {secret_file: weak.secret}\n", want: "keys.secret_file: "},
		{name: "DSN of no form from a file", text: "users: [{type: wordpress, dsn_file: weak.secret}]\n", want: "users[0].dsn_file: "},
		{name: "address of a server for SQLite", text: "store: {dsn: \"root:pw@tcp(127.0.0.1:3306)/wp\"}\n", want: "driver sqlite needs the path of a file"},
		{name: "store in memory for SQLite", text: "store: {dsn: \":memory:\"}\n", want: "write driver: memory"},
		{name: "URI for SQLite", text: "store: {dsn: \"file:x.db?mode=ro\"}\n", want: "must be a path"},
		{name: "database in a file that is none", text: "store: {dsn_file: dsn.secret}\n", want: "store.dsn_file: "},
		{name: "variable with a weak file", env: "CARDEA_KEYS__SECRET_FILE=weak.secret", want: "env CARDEA_KEYS__SECRET_FILE: keys.secret_file: "},
		{name: "weak secret beside a missing certificate", text: "mounts: [{name: a, dialect: wpjwt, secret_file: weak.secret}]\n" + tlsOf("none.crt", "good.key"), want: "mounts[0].secret_file: "},
		{name: "missing JWK set beside a missing module", text: "plugins: [{name: p, file: none.wasm}]\nissuers: [{name: p, issuer: \"https://id.example\", audience: [a], algorithms: [RS256], jwks_file: none.json}]\n", want: "plugins[0].file: "},
		{name: "taken address beside an expired certificate", text: "server: {listen: \"$TAKEN\", admin_listen: \"127.0.0.1:0\", tls: {cert_file: expired.crt, key_file: expired.key}}\n", want: "renew it"},
		{name: "secret is a public key", text: "mounts: [{name: a, dialect: wpjwt, secret_file: pub.pem}]\n", want: "private key in PEM", serves: true},
		{name: "previous secret, and its file", text: "mounts: [" + shopMount + ", secret_previous: " + before + ", secret_previous_file: other.secret, " + untilThen + "}]\n", want: "mounts[0].secret_previous: is set, and so is mounts[0].secret_previous_file"},
		{name: "previous secret without an end", text: "mounts: [" + shopMount + ", secret_previous: " + before + "}]\n", want: "mounts[0].secret_previous_until: is missing"},
		{name: "previous secret with an end that is none", text: "mounts: [" + shopMount + ", secret_previous: " + before + ", secret_previous_until: 2099-01-31}]\n", want: "secret_previous_until: \"2099-01-31\" is not a time in the form of RFC 3339"},
		{name: "previous secret that is the secret", text: "mounts: [" + shopMount + ", secret_previous_file: good.secret, " + untilThen + "}]\n", want: "mounts[0].secret_previous_file: is the same as secret"},
		{name: "previous secret without a secret", text: "mounts: [{name: a, dialect: wpjwt, secret_previous: " + before + ", " + untilThen + "}]\n", want: "mounts[0].secret_previous: has no effect without the secret that replaces it"},
		{name: "end of no previous secret", text: "mounts: [" + shopMount + ", " + untilThen + "}]\n", want: "mounts[0].secret_previous_until: has no effect without secret_previous"},
		{name: "weak previous secret", text: "mounts: [" + shopMount + ", secret_previous_file: weak.secret, " + untilThen + "}]\n", want: "mounts[0].secret_previous_file: mount shop: secret for HS256 has", serves: true},
		{name: "previous secret of another mount", text: "mounts: [{name: a, dialect: wpjwt, secret: " + before + "}, {name: b, dialect: wpjwt, prefix: /b, secret_file: good.secret, secret_previous: " + before + ", " + untilThen + "}]\n", want: "an issuer, or a secret, of its own"},
		{name: "secret of the native dialect", text: "mounts: [{name: a, dialect: native, secret_file: good.secret}]\n", want: `mounts[0]: unknown key "secret_file"; it is a setting of the dialect cocart and of `},
		{name: "no DSN", text: "users: [{type: wordpress}]\n", want: "dsn_file"},
		{name: "DSN of no form", text: "users: [{type: wordpress, dsn: mysql}]\n", want: "user:password@tcp"},
		{name: "table prefix", text: "users: [{type: wordpress, dsn: \"u:p@tcp(127.0.0.1:1)/w\", prefix: \"wp;\"}]\n", want: "$table_prefix"},
		{name: "database that is down", text: "users: [{type: wordpress, dsn: \"u:p@tcp(127.0.0.1:1)/w\"}]\n", want: "start it, or correct address", serves: true},
		{name: "WordPress settings for the store", text: "users: [{type: store, prefix: wp_}]\n", want: "write type: wordpress"},
		{name: "data of a shell", text: "data: ~/cardea\n", want: "which is not expanded here: write the whole path"},
		{name: "data of a variable", text: "data: $HOME/cardea\n", want: "which is not expanded here: write the whole path"},
		{name: "upstream that is the server", text: "server: {listen: \"127.0.0.1:48721\", admin_listen: \"127.0.0.1:0\"}\nupstreams: {app: {url: \"http://127.0.0.1:48721\"}}\nrules: [{name: all, path: /**}]\n", want: "upstreams.app.url: is server.listen of this server"},
		{name: "upstream that is the server, by name", text: "server: {listen: \":48721\", admin_listen: \"127.0.0.1:0\"}\nupstreams: {app: {url: \"http://localhost:48721\"}}\nrules: [{name: all, path: /**}]\n", want: "upstreams.app.url: is server.listen of this server"},
		{name: "upstream that is the admin listener", text: "server: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:48721\"}\nupstreams: {app: {url: \"http://127.0.0.1:48721\"}}\nrules: [{name: all, path: /**}]\n", want: "upstreams.app.url: is server.admin_listen of this server"},
		{name: "data is a file", text: "data: good.secret\n", want: "is not a directory"},
		{name: "data below a file", text: "data: good.secret/d\n", want: "data"},
		{name: "data that everybody writes", text: "data: open\n", want: "chmod 700"},
		{name: "data with a long path", text: "data: " + strings.Repeat("d", 120) + "\n", want: "shorter path"},
		{name: "database that is none", text: "data: junkdb\n", want: "is not a SQLite database"},
		{name: "database that is a directory", text: "data: dirdb\n", want: "name a regular file"},
		{name: "keys that are none", text: "data: junkkeys\n", want: "keys.json"},
		{name: "store elsewhere is none", text: "store: {dsn: good.secret}\n", want: "is not a SQLite database"},

		// Settings without effect
		{name: "idle: error_codes in cocart", text: "mounts: [{name: a, dialect: cocart, error_codes: documented}]\n", want: `mounts[0]: unknown key "error_codes"; it is a setting of the dialect usefulteam and of wpjwt and of wpjwtpro`},
		{name: "idle: bind_peer in wpjwt", text: "mounts: [{name: a, dialect: wpjwt, bind_peer: true}]\n", want: `mounts[0]: unknown key "bind_peer"; it is a setting of the dialect cocart and of cocart1`},
		{name: "idle: refresh_life in wpjwt", text: "mounts: [{name: a, dialect: wpjwt, refresh_life: 1d}]\n", want: `mounts[0]: unknown key "refresh_life"; it is a setting of the dialect cocart and of miniorange and of native and of`},
		{name: "idle: refresh_ttl beside wpjwtpro", text: "tokens: {refresh_ttl: 20d}\nmounts: [{name: a, dialect: wpjwtpro}]\n", want: "write refresh_life in the mount"},
		{name: "idle: refresh_ttl beside native's own", text: "tokens: {refresh_ttl: 20d}\nmounts: [{name: a, dialect: native, refresh_life: 3d}]\n", want: "write refresh_life in the mount"},
		{name: "idle: rate_limit in usefulteam", text: "mounts: [{name: a, dialect: usefulteam, rate_limit: 5}]\n", want: `mounts[0]: unknown key "rate_limit"; it is a setting of the dialect miniorange and of wpjwtpro`},
		{name: "idle: foreign_tokens in native", text: "mounts: [{name: a, dialect: native, foreign_tokens: true}]\n", want: `mounts[0]: unknown key "foreign_tokens"; it is a setting of the dialect wpjwtpro`},
		{name: "idle: issuer of native", text: "mounts: [{name: a, dialect: native, issuer: \"https://a.example\"}]\n", want: "tokens.issuer: write it there", serves: true},
		{name: "idle: a weak secret that is none", text: "mounts: [{name: a, dialect: wpjwt, allow_weak_secret: true}]\n", want: "without a secret"},
		{name: "idle: rest_path of no WordPress", text: "upstreams: {a: {url: \"builtin:demo\", rest_path: /api}}\n", want: "write kind: wordpress, or remove it"},
		{name: "idle: rest_path with kind other", text: "upstreams: {a: {url: \"builtin:demo\", kind: other, rest_path: /api}}\n", want: "kind other: remove it"},
		{name: "idle: empty rest_path", text: "upstreams: {a: {url: \"builtin:demo\", kind: wordpress, rest_path: []}}\n", want: "remove it for /wp-json"},
		{name: "idle: path_info that is not a script", text: "upstreams: {a: {url: \"builtin:demo\", kind: wordpress, path_info: [/x.txt]}}\n", want: "is not a PHP script"},
		{name: "idle: path_info of no WordPress", text: "upstreams: {a: {url: \"builtin:demo\", path_info: [/x.php]}}\n", want: "write kind: wordpress, or remove it"},
		{name: "idle: route_parameters of a WordPress", text: "upstreams: {a: {url: \"builtin:demo\", kind: wordpress, route_parameters: [q]}}\n", want: "read as a WordPress: remove it"},
		{name: "idle: letter_case of a WordPress", text: "upstreams: {a: {url: \"builtin:demo\", kind: wordpress, letter_case: same}}\n", want: "read as a WordPress: remove it"},
		{name: "an empty route parameter", text: "upstreams: {a: {url: \"builtin:demo\", route_parameters: [\"\"]}}\n", want: "has an empty name: remove it"},
		{name: "idle: audience without assertions", text: "upstreams: {a: {url: \"builtin:demo\", audience: x}}\n", want: "write identity: assertion, or remove it"},
		{name: "idle: CORS that is off", text: "cors: {origins: [\"https://a.example\"]}\n", want: "without cors.enabled: true"},
		{name: "idle: CORS for a mount", text: "mounts: [{name: a, dialect: wpjwt, cors_origins: [\"https://a.example\"]}]\n", want: "without cors.enabled: true"},
		{name: "idle: DSN in memory", text: "store: {driver: memory, dsn: x.db}\n", want: "with driver memory"},
		{name: "idle: rotation of one's own key", text: "keys: {algorithm: RS256, file: good.key, rotate_every: 30d}\n", want: "replace the key yourself"},
		{name: "idle: rotation of no assertions", text: "keys: {assertion_rotate_every: 30d}\n", want: "identity: assertion: remove it"},
		{name: "idle: issuer without jwt", text: "methods: [{type: basic}]\nissuers: [" + partner + "}]\n", want: "add '- type: jwt'"},
		{name: "idle: roles_claim alone", text: "issuers: [" + partner + ", roles_claim: groups}]\n", want: "without roles"},
		{name: "idle: application passwords of nobody", text: "methods: [{type: basic, application_only: true}]\n", want: "add a directory of type wordpress"},
		{name: "idle: on_bad_token of a closed rule", text: app + "rules: [{name: a, path: /a, on_bad_token: anonymous}]\n", want: "write access: optional"},
		{name: "idle: accepts_from of an open rule", text: app + "mounts: [" + shopMount + "}]\nrules: [{name: a, path: /a, access: public, accepts_from: [shop]}]\n", want: "asks for no token"},
		{name: "idle: secret of a plugin", text: "plugins: [" + short + ", secrets: {key: {secret: x}}}]\n", want: "unless grants.secrets lists it"},
		{name: "idle: fetches of a plugin", text: "plugins: [" + short + ", limits: {fetches: 9}}]\n", want: "without grants.http"},
		{name: "idle: entries of a plugin", text: "plugins: [" + short + ", limits: {kv_entries: 9}}]\n", want: "without grants.kv"},
		{name: "idle: right of an expression", text: "hooks: [{point: auth-expire, expr: \"60\", allow: [roles.widen]}]\n", want: "where no roles are set"},
		{name: "idle: on_error of a shadow", text: "plugins: [" + short + "}]\nhooks: [{point: auth-expire, plugin: short, shadow: true, on_error: deny}]\n", want: "whose failures change nothing"},

		// The environment
		{name: "variable of no setting", env: "CARDEA_TOKENS__ACESS_TTL=1h", want: "env CARDEA_TOKENS__ACESS_TTL: is not a setting; did you mean"},
		{name: "variable of a group", env: "CARDEA_TOKENS=1h", want: "write a setting of it"},
		{name: "variable of a list", env: "CARDEA_RULES__0__PATH=/x", want: "are set in the file"},
		{name: "variable of the wrong type", env: "CARDEA_LIMITS__BODY_BYTES=1e6", want: "env CARDEA_LIMITS__BODY_BYTES: limits.body_bytes"},
		{name: "variable with a wrong word", env: "CARDEA_LOG__LEVEL=loud", want: "env CARDEA_LOG__LEVEL: log.level"},
		{name: "variable with a wrong file", env: "CARDEA_KEYS__SECRET_FILE=none", want: "env CARDEA_KEYS__SECRET_FILE: keys.secret_file"},
		{name: "variable with a directory", env: "CARDEA_DATA=good.secret", want: "env CARDEA_DATA: data"},
		{name: "sites in a variable", env: "CARDEA_TOKENS__SITES=shop.example,/x", want: "env CARDEA_TOKENS__SITES: tokens.sites[1]: \"/x\" is neither the name of a mount nor a host"},
		{name: "directory in a variable", env: "CARDEA_UPSTREAMS__APP__DIRECTORY=blog", text: app, want: "env CARDEA_UPSTREAMS__APP__DIRECTORY: upstreams.app.directory: no directory is called"},
		{name: "certificate in a variable", env: "CARDEA_SERVER__TLS__CERT_FILE=none", text: tlsOf("good.crt", "good.key"), want: "env CARDEA_SERVER__TLS__CERT_FILE: server.tls.cert_file"},
		{name: "database in a variable", env: "CARDEA_STORE__DSN=good.secret", want: "env CARDEA_STORE__DSN: store.dsn"},

		// Several at once
		{name: "a value and a file", text: "log: {level: loud}\n" + tlsOf("none.crt", "good.key"), want: "cert_file: open none.crt"},
		{name: "a slip and a module", text: "tokens: {acess_ttl: 1h}\nplugins: [{name: p, file: none.wasm}]\n", want: "plugins[0].file"},

		// Good ones
		{name: "good: empty"},
		{name: "good: comments", text: "# nothing\n\n"},
		{name: "good: byte order mark", text: "\ufefflog: {level: info}\n"},
		{name: "good: Windows line ends", text: "log:\r\n  level: info\r\n"},
		{name: "good: memory", text: "store: {driver: memory}\n"},
		{name: "good: headings alone", text: "rules:\nmounts:\nupstreams:\n"},
		{name: "good: a site", text: app + "mounts: [" + shopMount + "}]\nrules: [{name: all, path: /**}]\n"},
		{name: "good: a weak secret that verifies only", text: "mounts: [{name: a, dialect: wpjwt, secret: hunter2, allow_weak_secret: true}]\n"},
		{name: "good: a replaced secret", text: "mounts: [" + shopMount + ", secret_previous: " + before + ", " + untilThen + "}]\n"},
		{name: "good: a replaced weak secret", text: "mounts: [" + shopMount + ", secret_previous: hunter2, allow_weak_secret: true, " + untilThen + "}]\n"},
		{name: "good: a replaced key pair", text: "mounts: [" + shopMount + ", secret_previous_file: pub.pem, " + untilThen + "}]\n"},
		{name: "good: a key pair as secret", text: "mounts: [{name: a, dialect: wpjwt, secret_file: good.key}]\n"},
		{name: "good: native", text: "mounts: [{name: auth, dialect: native}]\n"},
		{name: "good: TLS", text: tlsOf("good.crt", "good.key")},
		{name: "good: a certificate that expires soon", text: tlsOf("soon.crt", "soon.key")},
		{name: "good: a key of one's own", text: "keys: {algorithm: RS256, file: good.key}\n"},
		{name: "good: a plugin", text: "plugins: [" + short + ", grants: {read: [lifetime], write: [lifetime, claim.plan]}}]\nhooks: [{point: auth-expire, plugin: short}]\n"},
		{name: "good: an expression", text: "hooks: [{point: auth-expire, expr: \"min(lifetime, 900)\"}]\n"},
		{name: "good: an issuer", text: "issuers: [" + partner + "}]\n"},
		{name: "good: an issuer with a mount's name", text: "mounts: [{name: partner, dialect: wpjwt}]\nissuers: [" + partner + "}]\n"},
		{name: "good: an upstream that is down", text: "upstreams: {app: {url: \"http://127.0.0.1:1\"}}\nrules: [{name: all, path: /**}]\n"},
		{name: "good: assertions", text: "server: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:0\", public_url: \"https://gate.example\", shutdown_delay: 0s}\nupstreams: {app: {url: \"builtin:demo\", identity: assertion}}\nrules: [{name: all, path: /**}]\n"},
		{name: "good: from the environment", env: "CARDEA_TOKENS__ACCESS_TTL=10m"},
		{name: "good: bounds", text: "tokens: {min_ttl: 1s, access_ttl: 1s, refresh_ttl: 1s}\nlimits: {connections: 16, header_bytes: 4096, cache_entries: 0, login_failures: 0, logins: 0}\ncors: {enabled: true, max_age: 24h}\n"},
	}
}

// The settings of a secret that was replaced.
const (
	before    = "zyxwvutsrqponmlkjihgfedcba9876543210"
	untilThen = "secret_previous_until: 2099-01-31T18:00:00Z"
)

// short is the entry of a valid plugin without the closing brace.
const short = `{name: short, file: short.wasm, config: {claim: plan, value: trial}`

// partner is an issuer with its keys, without its end.
const partner = `{name: partner, issuer: "https://id.example", audience: [a], algorithms: [RS256], jwks_file: set.json`

func tlsOf(cert, key string) string {
	return "server: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:0\", shutdown_delay: 0s, tls: {cert_file: " + cert + ", key_file: " + key + "}}\n"
}

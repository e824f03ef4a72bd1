package config

import "github.com/cardea-auth/cardea/core/api"

// Store configures where state is stored.
type Store struct {
	Driver  string     `yaml:"driver" default:"sqlite" enum:"sqlite|memory" doc:"sqlite stores everything in the data directory; memory loses it when the process ends."`
	DSN     api.Secret `yaml:"dsn" doc:"Data source name for the driver. Empty: a database file in the data directory."`
	DSNFile string     `yaml:"dsn_file" kind:"path" doc:"File that holds dsn."`
}

// UserDirectory is one source of users.
type UserDirectory struct {
	Type string `yaml:"type" enum:"store|wordpress" doc:"store: the users that Cardea stores itself. wordpress: those of a WordPress, read from its database."`
	Name string `yaml:"name" doc:"Name of the directory in identities and messages. Its type by default."`

	DSN     api.Secret `yaml:"dsn" doc:"For wordpress: user:password@tcp(host:3306)/database. The account needs SELECT on the tables users, usermeta and options, and nothing else."`
	DSNFile string     `yaml:"dsn_file" kind:"path" doc:"File that holds dsn."`
	Prefix  string     `yaml:"prefix" doc:"For wordpress: the value of $table_prefix in wp-config.php. Empty: wp_."`
	Site    int        `yaml:"site" default:"0" doc:"For wordpress: number of the site in a network (multisite). 0: no network."`
}

// Keys configures the signing keys. Without file and secret a key is generated on the
// first start and stored in the data directory.
type Keys struct {
	Algorithm  string     `yaml:"algorithm" default:"HS256" enum:"HS256|HS384|HS512|RS256|RS384|RS512|PS256|PS384|PS512|ES256|ES384|ES512|EdDSA" doc:"Algorithm of the signing key (RFC 7518). Tokens with any other are refused."`
	Also       []string   `yaml:"also" doc:"Further algorithms, each with a generated signing key of its own, for hooks at auth-algorithm to choose from."`
	File       string     `yaml:"file" kind:"path" doc:"PEM or JWK file with the private key. X.509 certificates beside it, its own first, are published in the JWK set (x5c). Empty: generated and stored in the data directory."`
	Secret     api.Secret `yaml:"secret" doc:"Shared secret of the HS algorithms, at least as long as the hash: 32, 48 or 64 bytes."`
	SecretFile string     `yaml:"secret_file" kind:"path" doc:"File that holds secret."`

	AllowWeakSecret bool `yaml:"allow_weak_secret" default:"false" doc:"Allow a secret that is too short or well known for verifying tokens that an old site has issued. It never signs: a key is generated for that."`

	RotateEvery  Duration `yaml:"rotate_every" default:"0s" doc:"Age at which the generated key is replaced by a new one. 0: never."`
	PublishAhead Duration `yaml:"publish_ahead" default:"10m" doc:"How long the next key is published before it signs: longer than verifiers cache the key set."`

	AssertionRotateEvery  Duration `yaml:"assertion_rotate_every" default:"0s" doc:"Age at which the key that signs assertions is replaced. 0: never. Sites have pinned the key, so an operator has to pin the next one."`
	AssertionPublishAhead Duration `yaml:"assertion_publish_ahead" default:"7d" doc:"How long the next assertion key waits before it signs: the time to pin it in every wp-config.php."`
}

// Tokens configures the claims and lifetimes of issued tokens.
type Tokens struct {
	Issuer       string   `yaml:"issuer" doc:"The iss claim. Empty: server.public_url."`
	Audience     []string `yaml:"audience" doc:"The aud claim. Empty: none is set, and none is required."`
	AccessTTL    Duration `yaml:"access_ttl" default:"15m" doc:"Lifetime of an access token, unless the dialect has one of its own."`
	MinTTL       Duration `yaml:"min_ttl" default:"1m" doc:"Shortest lifetime that a hook may choose."`
	MaxTTL       Duration `yaml:"max_ttl" default:"30d" doc:"Longest lifetime that a dialect or a hook may choose, and how long a replaced signing key still verifies."`
	RefreshTTL   Duration `yaml:"refresh_ttl" default:"14d" doc:"Lifetime of an unused refresh token, unless the dialect has one of its own."`
	SessionTTL   Duration `yaml:"session_ttl" default:"30d" doc:"Maximum lifetime of a session, however often it is refreshed."`
	RefreshGrace Duration `yaml:"refresh_grace" default:"20s" doc:"How long a used refresh token returns its successor again, for clients that lost the response; this ends when the successor is used. 0: a refresh token can be used once."`
	Leeway       Duration `yaml:"leeway" default:"60s" doc:"How far the clocks of other issuers may differ, for exp, nbf and iat of their tokens. 0: not at all; at most 5m. Cardea's own tokens are checked by its own clock, to the second."`
	RefuseRoles  []string `yaml:"refuse_roles" doc:"Roles whose users get no token from any login. None by default."`
	Sites        []string `yaml:"sites" doc:"Where Cardea's own tokens are accepted, as in methods[].sites. Empty: everywhere; required if mounts answer on different hosts, or if a rule for another host than a mount's leads to another application."`
	MaxSessions  int      `yaml:"max_sessions" default:"0" doc:"Maximum number of live sessions of one user; the oldest ends when there are more. 0: 1000."`
}

// Revocation configures how soon a revoked token is refused.
type Revocation struct {
	PollEvery    Duration `yaml:"poll_every" default:"250ms" doc:"How often the revocation log is read."`
	MaxStaleness Duration `yaml:"max_staleness" default:"5s" doc:"How old the last successful read of the log may be before when_stale applies."`
	WhenStale    string   `yaml:"when_stale" default:"closed" enum:"closed|introspect|open" doc:"closed refuses credentials while the last read is too old; introspect reads the log at the request and refuses if that fails; open still accepts them."`
	On           RevokeOn `yaml:"on" doc:"Which changes to a user revoke all of the user's tokens."`
}

// RevokeOn selects the events that revoke tokens.
type RevokeOn struct {
	Password bool `yaml:"password" default:"true" doc:"A new password."`
	Email    bool `yaml:"email" default:"true" doc:"A new e-mail address."`
	Role     bool `yaml:"role" default:"true" doc:"Other roles."`
	Disable  bool `yaml:"disable" default:"true" doc:"The user is disabled."`
	Delete   bool `yaml:"delete" default:"true" doc:"The user is deleted."`
	Logout   bool `yaml:"logout" default:"true" doc:"Logout: the access tokens of the session that ends."`
}

// Issuer is an external issuer whose tokens are accepted. Exactly one of jwks_url,
// discovery and jwks_file must be set; it is the source of the keys.
type Issuer struct {
	Name         string            `yaml:"name" doc:"Name of the issuer. Its users have the subject issuer:NAME:SUBJECT here, so that they cannot be confused with Cardea's own."`
	Issuer       string            `yaml:"issuer" doc:"The iss claim of its tokens, exactly."`
	JWKSURL      string            `yaml:"jwks_url" doc:"Address of its JWK set."`
	Discovery    bool              `yaml:"discovery" default:"false" doc:"Find the JWK set by OpenID Connect Discovery at the issuer's address."`
	JWKSFile     string            `yaml:"jwks_file" kind:"path" doc:"File with its JWK set, for keys that do not change; also for the HS algorithms. Or a file with one public key, or X.509 certificate, in PEM, which verifies its tokens whatever their kid; dates and issuer of a certificate are not checked."`
	Audience     []string          `yaml:"audience" doc:"Accepted aud claims; a token must be meant for one of them."`
	Algorithms   []string          `yaml:"algorithms" doc:"Algorithms that its tokens may be signed with, such as RS256. Any other is refused."`
	SubjectClaim string            `yaml:"subject_claim" default:"sub" doc:"Claim that names the user."`
	RolesClaim   string            `yaml:"roles_claim" doc:"Claim with the user's roles at the issuer. Empty: its users have none here."`
	Roles        map[string]string `yaml:"roles" doc:"Maps roles at the issuer to roles here. Roles that are not listed are ignored."`
	MaxLifetime  Duration          `yaml:"max_lifetime" default:"0s" doc:"Maximum lifetime of its tokens, exp minus iat. 0: tokens.max_ttl."`
	Sites        []string          `yaml:"sites" doc:"Where its tokens are accepted, as in methods[].sites. Empty: everywhere; required if mounts answer on different hosts, or if a rule for another host than a mount's leads to another application."`
	AllowPrivate bool              `yaml:"allow_private" default:"false" doc:"Allow loopback and private addresses and plain http: for an issuer on an internal network."`
}

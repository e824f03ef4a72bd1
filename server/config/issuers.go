package config

// Issuer is an external issuer whose tokens are accepted. Exactly one of jwks_url,
// discovery and jwks_file must be set; it is the source of the keys.
type Issuer struct {
	Name         string            `yaml:"name" doc:"Name of the issuer. Its users have the subject issuer:NAME:SUBJECT here, so that they cannot be confused with Cardea's own."`
	Issuer       string            `yaml:"issuer" doc:"The iss claim of its tokens, exactly."`
	JWKSURL      string            `yaml:"jwks_url" doc:"Address of its JWK set."`
	Discovery    bool              `yaml:"discovery" default:"false" doc:"Find the JWK set by OpenID Connect Discovery at the issuer's address."`
	JWKSFile     string            `yaml:"jwks_file" kind:"path" doc:"File with its JWK set, for keys that do not change; also for the HS algorithms."`
	Audience     []string          `yaml:"audience" doc:"Accepted aud claims; a token must be meant for one of them."`
	Algorithms   []string          `yaml:"algorithms" doc:"Algorithms that its tokens may be signed with, such as RS256. Any other is refused."`
	SubjectClaim string            `yaml:"subject_claim" default:"sub" doc:"Claim that names the user."`
	RolesClaim   string            `yaml:"roles_claim" doc:"Claim with the user's roles at the issuer. Empty: its users have none here."`
	Roles        map[string]string `yaml:"roles" doc:"Maps roles at the issuer to roles here. Roles that are not listed are ignored."`
	MaxLifetime  Duration          `yaml:"max_lifetime" default:"0s" doc:"Maximum lifetime of its tokens, exp minus iat. 0: tokens.max_ttl."`
	Sites        []string          `yaml:"sites" doc:"Where its tokens are accepted, as in methods[].sites. Empty: everywhere; required if mounts answer on different hosts, or if a rule for another host than a mount's leads to another application."`
	AllowPrivate bool              `yaml:"allow_private" default:"false" doc:"Allow loopback and private addresses and plain http: for an issuer on an internal network."`
}

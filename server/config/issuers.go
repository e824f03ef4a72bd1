package config

// Issuer is an external issuer whose tokens are accepted. Exactly one of jwks_url,
// discovery and jwks_file must be set; it is the source of the keys.
type Issuer struct {
	Name         string            `yaml:"name" doc:"Name of the issuer. Its users are called issuer:NAME:SUBJECT here, so that none of them can be taken for one of ours."`
	Issuer       string            `yaml:"issuer" doc:"The iss claim of its tokens, exactly."`
	JWKSURL      string            `yaml:"jwks_url" doc:"Address of its JWK set."`
	Discovery    bool              `yaml:"discovery" default:"false" doc:"Find the JWK set by OpenID Connect Discovery at the issuer's address."`
	JWKSFile     string            `yaml:"jwks_file" kind:"path" doc:"File with its JWK set, for keys that do not change; also for the HS algorithms."`
	Audience     []string          `yaml:"audience" doc:"Accepted aud claims; a token must be meant for one of them."`
	Algorithms   []string          `yaml:"algorithms" doc:"Algorithms that its tokens may be signed with, such as RS256. Any other is refused."`
	SubjectClaim string            `yaml:"subject_claim" default:"sub" doc:"Claim that names the user."`
	RolesClaim   string            `yaml:"roles_claim" doc:"Claim with the user's roles at the issuer. Empty: its users have none here."`
	Roles        map[string]string `yaml:"roles" doc:"Which role at the issuer is which role here. One that is not listed counts for nothing."`
	MaxLifetime  Duration          `yaml:"max_lifetime" default:"0s" doc:"Longest lifetime of its tokens, exp minus iat. 0 is tokens.max_ttl."`
	Sites        []string          `yaml:"sites" doc:"Where its tokens count, as methods[].sites. Empty: everywhere; must be written once mounts answer on different hosts, or a rule for another host than a mount's leads to another application."`
	AllowPrivate bool              `yaml:"allow_private" default:"false" doc:"Let the addresses be loopback, private or plain http: for an issuer inside the house."`
}

package config

import (
	"cmp"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// DemoUpstream is the url of the built-in upstream, which echoes the request.
const DemoUpstream = "builtin:demo"

// Method is one authentication method of the chain.
type Method struct {
	Type string `yaml:"type" doc:"What kind of credential the method recognises."`
	Name string `yaml:"name" doc:"Name of the method in identities and messages. Its type by default."`

	// Config holds the settings of the type; nil if the type is unknown.
	Config core.Opener `yaml:"-" variants:"methods" by:"type"`

	RefuseRoles []string `yaml:"refuse_roles" doc:"Roles whose users may not use the method. None by default."`
	Sites       []string `yaml:"sites" doc:"Where the method's credentials count: names of mounts, hosts such as shop.example.org, parts of hosts such as shop.example.org/api, or * for everywhere. Empty: everywhere; must be written once mounts answer on different hosts, or a rule for another host than a mount's leads to another application. For jwt, the tokens of a mount count at its own site only, in any case."`
}

// Mount is one login dialect at one host and prefix. No two mounts with the same base
// path share both.
type Mount struct {
	Name        string   `yaml:"name" doc:"Name of the mount in messages."`
	Dialect     string   `yaml:"dialect" doc:"Whose endpoints, codes and token format the mount speaks. Each dialect has settings of its own."`
	Host        string   `yaml:"host" doc:"Host name that the mount answers on, without a port. Empty: every host."`
	Aliases     []string `yaml:"aliases" doc:"Further host names of the same site, such as www.shop.example.org."`
	Prefix      string   `yaml:"prefix" doc:"Path in front of the dialect's own paths, such as /blog. Empty: none."`
	Directory   string   `yaml:"directory" doc:"Name of the directory that holds the users of the mount's site. Its logins are checked there, and its tokens name users there. Empty: the only directory; must be written if there are several, except for dialects that issue Cardea's own tokens."`
	AcceptsFrom []string `yaml:"accepts_from" doc:"Names of other mounts whose tokens count at this mount's site too. Without it, a token counts at the hosts and below the prefix of its own mount only."`

	// Config holds the settings of the dialect; nil if the dialect is unknown.
	Config dialect.Opener `yaml:"-" variants:"dialects" by:"dialect"`

	Header      MountHeader `yaml:"header" doc:"Header that carries the credential to this mount's site instead of Authorization, which is refused then. A rule's own header is stronger."`
	RefuseRoles MountRoles  `yaml:"refuse_roles" doc:"Roles that are refused on this mount's site. None by default."`
	CORSOrigins []string    `yaml:"cors_origins" doc:"Origins whose pages may call this mount's site, instead of cors.origins."`
}

// MountHeader is a custom header for credentials, which replaces Authorization.
type MountHeader struct {
	Name   string `yaml:"name" doc:"Name of the header. Empty: Authorization."`
	Prefix string `yaml:"prefix" doc:"Word in front of the credential in that header, such as Bearer. Empty: none."`
}

// MountRoles lists the roles that are refused on the mount's site, by kind of access. The
// site is the mount's host and everything below its prefix.
type MountRoles struct {
	Login []string `yaml:"login" doc:"Roles whose users get no token by this mount's logins and refreshes."`
	Basic []string `yaml:"basic" doc:"Roles whose users may not call the site with name and password (HTTP Basic)."`
	JWT   []string `yaml:"jwt" doc:"Roles whose users may not call the site with a token, nor get one of this mount's or use it anywhere."`
}

// Upstream is one application behind the gateway.
type Upstream struct {
	URL string `yaml:"url" doc:"Scheme, host and port of the application, such as http://127.0.0.1:8000; builtin:demo answers what it received."`

	Kind     string   `yaml:"kind" default:"auto" enum:"auto|wordpress|other" doc:"How rules read a request to it. wordpress: ?rest_route=, _method and /index.php/ in front name what they name to WordPress, without regard to case. auto: wordpress if identity says so, or if it is the only upstream and a mount speaks a WordPress plugin's dialect."`
	RESTPath Texts    `yaml:"rest_path" default:"/wp-json" doc:"Paths of a WordPress's REST APIs, the site's own first: /blog/wp-json, and one for each further site of a network and each language that has a directory, such as /pt-br/wp-json. Mounts stand there. Any other path that has the API's name in it must be allowed both as that path and as the route that it names."`
	PathInfo []string `yaml:"path_info" doc:"PHP scripts of a WordPress, besides index.php, below which a path may go on, such as /wp-content/plugins/x/api.php. Below others it is refused: whichever loads WordPress would find a route there."`

	ForwardHeaders []string `yaml:"forward_headers" doc:"Headers in which well-known proxies tell who a user is, which certificate or address a client has (X-SSL-Client-Verify, X-User, Remote-User, CF-Connecting-IP and the like), that the upstream gets as they come from one of server.trusted_proxies. All others of that kind are deleted."`

	MethodHeaders []string `yaml:"method_headers" doc:"Headers of which the application takes a request's method: X-HTTP-Method-Override, X-HTTP-Method, X-Method-Override. A request passes with one of them if it may by both methods; any other that names another method is 400. A WordPress goes by the first without being told, and its REST API by that method alone."`

	Exclude []string `yaml:"exclude" doc:"Routes of a WordPress's REST API that nobody is asked for credentials on, without /wp-json: /wp/v2/posts is that route alone, /wp/v2/posts/** also all below, 'GET,POST /wp/v2/posts' these methods of it. Found in the pretty, the ?rest_route= and the /index.php/ form. A rule that is more specific is stronger."`

	Identity      string     `yaml:"identity" default:"headers" enum:"headers|assertion|plugin-compat|application-password" doc:"How it learns who asks. headers: X-Auth-User and others alone. assertion: X-Cardea-Assertion besides, signed for each request, for the plugin cardea.php. plugin-compat: a token in the token format of mount. application-password: Basic, with a password of WordPress's own."`
	Directory     string     `yaml:"directory" doc:"Name of the directory that holds the users of this upstream: users of others are refused, whatever their roles. Empty: with identity headers, users of every directory; else the only one of type wordpress, and without one, users are told by their login names."`
	Audience      string     `yaml:"audience" doc:"For assertion: the site's home URL, or its CARDEA_AUDIENCE. Empty: server.public_url, else url."`
	Mount         string     `yaml:"mount" doc:"For plugin-compat: name of the mount whose layout and secret the site's plugin has. Empty: the only mount."`
	Login         string     `yaml:"login" doc:"For application-password: the one user that everybody acts as."`
	Password      api.Secret `yaml:"password" doc:"For application-password: the application password of login."`
	PasswordFile  string     `yaml:"password_file" kind:"path" doc:"File that holds password."`
	PasswordsFile string     `yaml:"passwords_file" kind:"path" doc:"For application-password: file with a line login:password for each user, instead of login."`
}

// WithDefaults returns the upstream with defaults for its empty fields, for upstreams
// that are built in Go and not loaded.
func (u Upstream) WithDefaults() Upstream {
	u.Kind = cmp.Or(u.Kind, "auto")
	if len(u.RESTPath) == 0 {
		u.RESTPath = Texts{"/wp-json"}
	}
	u.Identity = cmp.Or(u.Identity, "headers")
	return u
}

func completed(upstreams map[string]Upstream) map[string]Upstream {
	out := make(map[string]Upstream, len(upstreams))
	for name, u := range upstreams {
		out[name] = u.WithDefaults()
	}
	return out
}

// Rule says which requests are allowed where. All conditions that are set must match.
type Rule struct {
	Name              string     `yaml:"name" doc:"Name of the rule in messages and explanations."`
	Host              string     `yaml:"host" doc:"Host name that the rule is for, without a port. Empty: every host."`
	Methods           []string   `yaml:"methods" doc:"HTTP methods that may pass. Empty: all."`
	Path              string     `yaml:"path" doc:"Path pattern: * is exactly one segment, ** is any number of segments, none included."`
	Access            string     `yaml:"access" default:"required" enum:"public|optional|required" doc:"public asks for nothing; optional takes credentials if there are any; required refuses without."`
	Roles             []string   `yaml:"roles" doc:"Roles of which the user must have one. Empty: any."`
	Scopes            []string   `yaml:"scopes" doc:"Scopes of which the credential must have one. Empty: any."`
	AcceptsFrom       []string   `yaml:"accepts_from" doc:"Names of mounts whose tokens count here besides those of the site that the request is to. The endpoints of a mount go by no rule: what validate answers is for the mount's accepts_from."`
	Upstream          string     `yaml:"upstream" doc:"Name of the upstream that gets the request. Empty: the rule only decides."`
	Header            RuleHeader `yaml:"header" doc:"Header that carries the credential here, besides or instead of Authorization."`
	OnBadToken        string     `yaml:"on_bad_token" default:"mount" enum:"mount|deny|anonymous" doc:"What a bad credential means where access is optional. mount: what the WordPress mount says to whose site the request is, else deny."`
	TrailingSlash     string     `yaml:"trailing_slash" enum:"|distinct|same" doc:"Whether the rule is for its path with and without a slash at the end. Empty: as trailing_slash beside the rules says."`
	Body              string     `yaml:"body" enum:"|buffer|stream" doc:"When the upstream is asked. buffer, or empty: once a body of up to 256 KiB is there, or the first 256 KiB of a larger one, so that slow clients hold none of its workers. stream: at once, for requests that are answered while they are sent. Uploads over HTTP/2 without a length and WebSockets are streams anyway."`
	OnRevoke          string     `yaml:"on_revoke" enum:"|end|keep" doc:"What becomes of a request under way, such as a stream, a WebSocket or an upload, whose credential is revoked or expires. end, or empty: it ends within a second; an expired token goes on for as long as the newest one of its session does. keep: it goes on. Where Cardea only decides for another proxy, it goes on in any case."`
	PassAuthorization bool       `yaml:"pass_authorization" default:"false" doc:"Whether Authorization is the application's, which has credentials of its own: it gets the header as it came, and nobody here looks at it. The credential for Cardea then stands in X-API-Key or in header."`
	ForwardCredential bool       `yaml:"forward_credential" default:"false" doc:"Whether the upstream gets to see the credential. By default it is taken out."`
}

// RuleHeader is a custom header for credentials.
type RuleHeader struct {
	Name           string `yaml:"name" doc:"Name of the header. Empty: only the standard ones."`
	Prefix         string `yaml:"prefix" doc:"Word in front of the credential in that header, such as Bearer. Empty: none."`
	RefuseStandard bool   `yaml:"refuse_standard" default:"false" doc:"Whether a credential in the standard headers is refused here."`
}

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
	Type string `yaml:"type" doc:"Kind of credential that the method checks."`
	Name string `yaml:"name" doc:"Name of the method in identities and messages. Its type by default."`

	// Config holds the settings of the type; nil if the type is unknown.
	Config core.Opener `yaml:"-" variants:"methods" by:"type"`

	RefuseRoles []string `yaml:"refuse_roles" doc:"Roles whose users may not use the method. None by default."`
	Sites       []string `yaml:"sites" doc:"Where the method's credentials are accepted: names of mounts, hosts such as shop.example.org, parts of hosts such as shop.example.org/api, or * for everywhere. Empty: everywhere; required if mounts answer on different hosts, or if a rule for another host than a mount's leads to another application. With jwt, the tokens of a mount are accepted at its own site only, in any case."`
}

// Mount is one login dialect at one host and prefix. No two mounts with the same base
// path share both.
type Mount struct {
	Name        string   `yaml:"name" doc:"Name of the mount in messages."`
	Dialect     string   `yaml:"dialect" doc:"The API that the mount implements: endpoints, error codes and token format. Each dialect has settings of its own."`
	Host        string   `yaml:"host" doc:"Host name that the mount answers on, without a port. Empty: every host."`
	Aliases     []string `yaml:"aliases" doc:"Further host names of the same site, such as www.shop.example.org."`
	Prefix      string   `yaml:"prefix" doc:"Path in front of the dialect's own paths, such as /blog. Empty: none."`
	Directory   string   `yaml:"directory" doc:"Name of the directory with the users of the mount's site. Its logins are checked there, and its tokens name users of it. Empty: the only directory; required if there are several, except for dialects that issue Cardea's own tokens."`
	AcceptsFrom []string `yaml:"accepts_from" doc:"Names of other mounts whose tokens are accepted at this mount's site too. Otherwise a token is accepted only at the hosts and below the prefix of its own mount."`

	// Config holds the settings of the dialect; nil if the dialect is unknown.
	Config dialect.Opener `yaml:"-" variants:"dialects" by:"dialect"`

	Header      MountHeader `yaml:"header" doc:"Header that carries the credential to this mount's site instead of Authorization, which is then refused. A rule's header takes precedence."`
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
	Login []string `yaml:"login" doc:"Roles whose users get no token from this mount's logins and refreshes."`
	Basic []string `yaml:"basic" doc:"Roles whose users may not call the site with name and password (HTTP Basic)."`
	JWT   []string `yaml:"jwt" doc:"Roles whose users may not call the site with a token, and may neither get a token of this mount nor use one anywhere."`
}

// Upstream is one application behind the gateway.
type Upstream struct {
	URL string `yaml:"url" doc:"Scheme, host and port of the application, such as http://127.0.0.1:8000; builtin:demo is a demo that echoes requests."`

	Kind     string   `yaml:"kind" default:"auto" enum:"auto|wordpress|other" doc:"How rules read a request to it. wordpress: as WordPress does, including ?rest_route=, _method, a leading /index.php/ and routes in any case. auto: wordpress if identity implies it, or if it is the only upstream and a mount has the dialect of a WordPress plugin; in the latter case forms are also checked for _method, and the other paths of pages are, since it may be another application."`
	RESTPath Texts    `yaml:"rest_path" default:"/wp-json" doc:"Paths of a WordPress's REST APIs, the site's own first: /blog/wp-json, and one for each further site of a network and each language that has a directory, such as /pt-br/wp-json. Mounts are at these paths. Any other path that contains the API's name must be allowed both as that path and as the route that it names."`
	PathInfo []string `yaml:"path_info" doc:"PHP scripts of a WordPress, besides index.php, that may be followed by a further path, such as /wp-content/plugins/x/api.php. After other scripts a further path is refused, since a script that loads WordPress would find a route in it."`

	ForwardHeaders []string `yaml:"forward_headers" doc:"Headers in which well-known proxies state the user, the tenant, the client's certificate or address, or the mount point (X-SSL-Client-Verify, Remote-User, Thanos-Tenant, CF-Connecting-IP, X-Script-Name and the like), and which the upstream gets unchanged from one of server.trusted_proxies. All others of that kind are deleted."`

	MethodHeaders []string `yaml:"method_headers" doc:"Headers from which the application takes a request's method: X-HTTP-Method-Override, X-HTTP-Method, X-Method-Override. A request with one of them passes if both methods are allowed; any other that names another method is answered 400. For a WordPress the first always counts, and its REST API is decided on by that method alone."`

	RouteParameters []string `yaml:"route_parameters" doc:"Query parameters from which an application other than WordPress takes the route, such as q (Drupal 7), r (Yii) or s (ThinkPHP): rules must allow their values as paths, too. None by default, since a search for admin would be one. A query that begins with a slash (CodeIgniter) is always a route."`

	LetterCase string `yaml:"letter_case" enum:"|distinct|same" doc:"Whether an application other than WordPress takes paths for the same that differ in the case of letters, as Express, ASP.NET and the file systems of Windows and macOS do. same: rules must allow a path also in the letters in which they name it. distinct: letters count. Empty is distinct, and config check warns of rules that another case avoids."`

	Exclude []string `yaml:"exclude" doc:"Routes of a WordPress's REST API that need no credentials, without /wp-json: /wp/v2/posts is that route only, /wp/v2/posts/** also all below, 'GET,POST /wp/v2/posts' these methods of it. They are matched in the pretty, the ?rest_route= and the /index.php/ form. A more specific rule takes precedence."`

	Identity      string     `yaml:"identity" default:"headers" enum:"headers|assertion|plugin-compat|application-password" doc:"How it learns who the user is. headers: only X-Auth-User and others. assertion: also X-Cardea-Assertion, signed for each request, for the plugin cardea.php. plugin-compat: a token in the token format of mount. application-password: Basic, with a WordPress application password."`
	Directory     string     `yaml:"directory" doc:"Name of the directory with the users of this upstream: users of others are refused, whatever their roles. Empty: with identity headers, users of every directory; otherwise the only directory of type wordpress, and without one, users are identified by their login names."`
	Audience      string     `yaml:"audience" doc:"For assertion: the site's home URL, or its CARDEA_AUDIENCE. Empty: server.public_url, else url."`
	Mount         string     `yaml:"mount" doc:"For plugin-compat: name of the mount that has the token format and the secret of the site's plugin. Empty: the only mount."`
	Login         string     `yaml:"login" doc:"For application-password: the one user as whom all requests are made."`
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
	Access            string     `yaml:"access" default:"required" enum:"public|optional|required" doc:"public needs no credential; optional checks one if it is sent; required refuses requests without one."`
	Roles             []string   `yaml:"roles" doc:"Roles of which the user must have one. Empty: any."`
	Scopes            []string   `yaml:"scopes" doc:"Scopes of which the credential must have one. Empty: any."`
	AcceptsFrom       []string   `yaml:"accepts_from" doc:"Names of mounts whose tokens are accepted here, besides those of the request's site. Rules do not apply to the endpoints of a mount: its validate goes by the mount's accepts_from."`
	Upstream          string     `yaml:"upstream" doc:"Name of the upstream that gets the request. Empty: the rule only decides."`
	Header            RuleHeader `yaml:"header" doc:"Header that carries the credential here, in addition to or instead of Authorization."`
	OnBadToken        string     `yaml:"on_bad_token" default:"mount" enum:"mount|deny|anonymous" doc:"What happens with a bad credential where access is optional. mount: as set at the WordPress mount of the request's site, otherwise deny."`
	TrailingSlash     string     `yaml:"trailing_slash" enum:"|distinct|same" doc:"Whether the rule matches its path with and without a trailing slash. Empty: as the top-level trailing_slash."`
	Body              string     `yaml:"body" enum:"|buffer|stream" doc:"When the request is sent to the upstream. buffer, or empty: when a body of up to 256 KiB has arrived, or the first 256 KiB of a larger one, so that slow clients occupy none of its workers. stream: at once, for requests that are answered while they are sent. Uploads over HTTP/2 without a length and WebSockets are always streamed."`
	OnRevoke          string     `yaml:"on_revoke" enum:"|end|keep" doc:"What happens to a request in progress, such as a stream, a WebSocket or an upload, when its credential is revoked or expires. end, or empty: it is ended within a second; after an expiry it continues for as long as the newest token of its session is valid. keep: it continues. Where Cardea only decides for another proxy, it continues in any case."`
	PassAuthorization bool       `yaml:"pass_authorization" default:"false" doc:"Whether Authorization belongs to the application, which has credentials of its own: it gets the header unchanged, and Cardea ignores it. The credential for Cardea is then in X-API-Key or in header."`
	ForwardCredential bool       `yaml:"forward_credential" default:"false" doc:"Whether the upstream gets the credential. By default it is removed."`
}

// RuleHeader is a custom header for credentials.
type RuleHeader struct {
	Name           string `yaml:"name" doc:"Name of the header. Empty: only the standard ones."`
	Prefix         string `yaml:"prefix" doc:"Word in front of the credential in that header, such as Bearer. Empty: none."`
	RefuseStandard bool   `yaml:"refuse_standard" default:"false" doc:"Whether a credential in the standard headers is refused here."`
}

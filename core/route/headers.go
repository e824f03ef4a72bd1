package route

import (
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"
)

// The lists below contain header names that a client must not send, or that a hook must not
// set. They are in lower case; a trailing "-*" matches all names with that prefix.

// Own returns the headers in which Cardea passes the identity to an upstream. They are
// always removed from client requests.
func Own() []string { return []string{"x-auth-*", "x-cardea-*"} }

// Way returns the headers by which a client could claim how its request was forwarded, or
// turn it into another one for the upstream. The framing headers are listed for their other
// spellings: the transport writes its own.
func Way() []string {
	return slices.Concat(proxyWay(), variables(), Locations())
}

func proxyWay() []string {
	return []string{
		"forwarded", "x-forwarded", "x-forwarded-*", "x-original-*", "x-rewrite-*", "x-envoy-*",
		"x-host", "x-scheme", "x-url-scheme", "x-https", "front-end-https",
		"x-http-path-override", "x-http-host-override", "x-http-url-override", "x-url-override", "x-override-url", "x-replaced-path",
		"x-http-method", "x-http-method-override", "x-method-override",
		"content-length", "transfer-encoding", "host", "http2-settings", "proxy", "proxy-*",
		// Next.js skips its middleware by these; Rack and nginx serve files.
		"x-middleware-*", "x-sendfile-type", "x-accel-*",
		// Some applications read it in addition to Authorization, Cardea does not.
		"authorisation",
	}
}

// Overrides are those of [Way] in which a client names the method that it means, where it
// or what is between can send few.
func Overrides() []string {
	return []string{"x-http-method", "x-http-method-override", "x-method-override"}
}

// OverrideNames checks headers that an application takes a request's method from, and
// returns them in canonical form.
func OverrideNames(list []string) ([]string, error) {
	known := NewNames(Overrides())
	var out []string
	var errs []error
	for _, name := range list {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case !IsPlainName(name) || !known.Has(name):
			errs = append(errs, fmt.Errorf("header %.60q: must be X-HTTP-Method-Override, X-HTTP-Method or X-Method-Override", name))
		case slices.Contains(out, canonical):
			errs = append(errs, fmt.Errorf("header %.60q is in the list already: remove one", name))
		default:
			out = append(out, canonical)
		}
	}
	return out, errors.Join(errs...)
}

// Elsewhere returns those of [Way] by which a client could name another URL, host or path
// than the one that was decided on, for handlers and middleware that use them.
func Elsewhere() []string {
	return slices.Concat([]string{
		"forwarded", "x-forwarded", "x-forwarded-host", "x-forwarded-server", "x-forwarded-prefix", "x-forwarded-path", "x-forwarded-uri",
		"x-forwarded-url", "x-forwarded-method", "x-forwarded-context", "x-forwarded-script-name", "x-forwarded-base",
		"x-original-*", "x-rewrite-*", "x-envoy-original-*", "x-host",
		"x-http-path-override", "x-http-host-override", "x-http-url-override", "x-url-override", "x-override-url", "x-replaced-path",
	}, variables(), Locations())
}

// Resources returns the headers that name a second resource that the request acts on:
// WebDAV's (RFC 4918 section 10.3), and those of copies and renames in object stores.
func Resources() []string {
	return []string{
		"destination", "x-http-destination", "x-http-destinationurl", "x-http-destination-url",
		"x-amz-copy-source", "x-amz-rename-source", "x-goog-copy-source", "x-ms-copy-source", "x-ms-rename-source", "x-ms-file-rename-source",
		"x-oss-copy-source", "x-oss-symlink-target", "x-cos-copy-source", "x-obs-copy-source", "x-bce-copy-source", "x-tos-copy-source",
		"x-kss-copy-source", "x-upyun-copy-source", "x-upyun-move-source",
		// Swift's, relative to the account of the request.
		"x-copy-from", "x-symlink-target", "x-object-manifest", "x-copy-from-account", "destination-account", "x-symlink-target-account",
	}
}

// IsResource reports whether a header is in [Resources], or has an ending that object
// stores use for headers that name a second resource. r is the set of [Resources].
func IsResource(r *Names, name string) bool {
	return r.Has(name) || mayEndAsResource(name) && slices.ContainsFunc(resourceEnds(), func(end string) bool {
		return strings.HasSuffix(Alias(name), end)
	})
}

func resourceEnds() []string {
	return []string{"-Copy-Source", "-Rename-Source", "-Move-Source", "-Symlink-Target"}
}

// mayEndAsResource is a cheap check, since most names have another ending.
func mayEndAsResource(name string) bool {
	const size = len("source")
	if len(name) <= size {
		return false
	}
	end := name[len(name)-size:]
	return strings.EqualFold(end, "source") || strings.EqualFold(end, "target")
}

// Meaningful returns the set of headers that change the meaning of a request. A server that
// maps spellings to one name reads each spelling as the header itself.
func Meaningful() *Names { return NewNames(meaning(), Resources()) }

// Addresses returns the headers in which proxies forward the client's address.
func Addresses() []string {
	return []string{
		"x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "client-ip", "cf-connecting-ip",
		"cf-connecting-ipv6", "cf-pseudo-ipv4", "fastly-client-ip", "x-azure-clientip", "x-azure-socketip",
		"fly-client-ip", "do-connecting-ip", "incap-client-ip", "ali-cdn-real-ip", "cdn-src-ip", "x-nf-client-connection-ip",
		"x-vercel-forwarded-for", "x-sucuri-clientip", "x-proxyuser-ip",
	}
}

// meaning returns headers that change the meaning of a request: its framing, target,
// method, credential, range, format, or the page that it claims to come from (which CSRF
// protection uses).
func meaning() []string {
	return []string{
		// RFC 9110 and 9112: framing, connection, conditions, ranges, negotiation, routing.
		"host", "content-*", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "trailers", "upgrade", "expect",
		"http2-settings", "proxy", "proxy-*", "via", "max-forwards", "range", "if-*", "accept", "accept-charset", "accept-encoding",
		"cache-control", "pragma", "prefer", "early-data",
		// Credentials, which Cardea forwards or removes.
		"authorization", "x-authorization", "x-api-key", "cookie", "cookie2",
		// Origin of the request: CORS, Fetch metadata, CSRF tokens.
		"origin", "referer", "access-control-*", "sec-*", "x-requested-with", "x-csrf-token", "x-csrftoken", "x-xsrf-token", "x-wp-nonce",
		// WebDAV (RFC 4918) and IIS.
		"depth", "if", "lock-token", "overwrite", "timeout", "translate",
		// Read by frameworks and servers: Next.js, Rack, nginx, SOAP.
		"x-middleware-*", "x-sendfile-type", "x-accel-*", "soapaction",
	}
}

// Identities returns the headers in which well-known proxies and products pass the user or
// the client certificate to an application, according to their documentation. None of them
// is between Cardea and the client, so such a header was set by the client.
func Identities() []string {
	return slices.Concat(proxyIdentities(), cloudIdentities(), enterpriseIdentities(), productIdentities(), tenants(),
		certificates(), commonIdentities())
}

// proxyIdentities returns those of reverse proxies and identity-aware proxies.
func proxyIdentities() []string {
	return []string{
		// oauth2-proxy, Traefik, OpenShift oauth-proxy, Jenkins; x-auth-request-* is Cardea's own.
		"x-forwarded-user", "x-forwarded-login", "x-forwarded-name", "x-forwarded-email", "x-forwarded-groups", "x-forwarded-roles",
		"x-forwarded-preferred-username", "x-forwarded-access-token", "x-forwarded-id-token", "gap-auth", "gap-signature",
		// Authelia, Apache and CGI (REMOTE_USER), Pangolin, Splunk, Kubernetes front proxy.
		"remote-*", "x-remote-*", "impersonate-*",
		// Grafana, Gitea, Caddy, Nexus, OpenSearch, Caddy Security.
		"x-webauth-*", "webauth-*", "x-sso-*", "x-proxy-user", "x-proxy-roles", "x-token-subject", "x-token-user-*",
		"x-authentik-*", "x-vouch-*", "x-pomerium-*", "teleport-*", "tailscale-*", "x-tailscale-*", "x-rstudio-username", "rstudio-connect-*",
		// Kong, APISIX, lua-resty-openidc.
		"x-consumer-*", "x-credential-*", "x-anonymous-consumer", "x-authenticated-*", "x-userinfo", "x-id-token",
		// Envoy, Istio, WSO2, KrakenD.
		"x-jwt-payload", "x-jwt-assertion", "x-jwt-claim-*", "x-istio-*", "x-ext-authz-*", "x-endpoint-api-userinfo",
		// geOrchestra's gateway; browsers send other names with that prefix.
		"sec-username", "sec-roles", "sec-org", "sec-orgname", "sec-firstname", "sec-lastname", "sec-email", "sec-tel", "sec-proxy",
		// Ory, Snowflake, Home Assistant, Sandstorm, LemonLDAP::NG, Cosmos.
		"x-kratos-*", "sf-context-*", "x-hass-*", "x-sandstorm-*", "lm-remote-*", "auth-mail", "auth-cn", "auth-groups", "x-cosmos-*",
	}
}

// cloudIdentities returns those of cloud providers.
func cloudIdentities() []string {
	return []string{
		"x-ms-client-principal", "x-ms-client-principal-*", "x-ms-token-*", "x-ms-auth-*", "x-ms-proxy", // Azure App Service, AD FS
		"x-goog-authenticated-user-*", "x-goog-iap-*", "x-apigateway-api-userinfo", "x-appengine-*", // Google IAP, App Engine
		"x-amzn-oidc-*", "x-amzn-mtls-*", "x-amzn-ava-*", // AWS load balancer, Verified Access
		"cf-access-*",                                                                                   // Cloudflare Access
		"x-apigateway-event", "x-apigateway-context", "x-amzn-request-context", "x-amzn-lambda-context", // AWS Lambda adapters
		"x-rh-identity", "x-ditto-pre-authenticated",
	}
}

// enterpriseIdentities returns those of single sign-on products and Apache modules.
func enterpriseIdentities() []string {
	return []string{
		"sm-*", "smuser", "oam-*", "osso-*", "iv-*", "am-eai-*", // SiteMinder, Oracle, IBM WebSEAL
		"oidc-*", "mellon-*", "cas-*", "x-cas-*", // mod_auth_openidc, mod_auth_mellon, mod_auth_cas
		// Shibboleth: the attributes of its default map.
		"shib-*", "x-shib-*", "eppn", "affiliation", "unscoped-affiliation", "entitlement", "assurance", "subject-id", "pairwise-id",
		"persistent-id", "targeted-id", "transient-id", "mail", "uid", "givenname", "displayname", "edupersonprincipalname",
		"ismemberof", "memberof",
		"-wsru", "-wsat", "-wscc", "-wspr", "-wsra", "-wscs", "-wssi", "-wsct", // IBM WebSphere's plug-in: $WSRU
		// OpenStack Keystone.
		"x-identity-status", "x-is-admin-project", "x-service-catalog", "openstack-system-scope", "x-service-identity-status",
		"x-service-roles", "x-service-user-*", "x-service-project-*", "x-service-domain-*", "x-user-domain-*", "x-domain-*",
		"auth-user", "auth-type", "logon-user", // CGI variables as headers
		"x-webobjects-remote-user",
	}
}

// productIdentities returns those that single applications trust, from a proxy in front of
// them or from everybody.
func productIdentities() []string {
	return []string{
		"kubeflow-*", "x-spinnaker-*", "x-hasura-*", "x-akhq-*", // Kubeflow, Spinnaker, Hasura, AKHQ
		// Trino and Presto.
		"x-trino-user", "x-trino-original-user", "x-trino-original-role", "x-trino-original-roles", "x-trino-role", "x-trino-extra-credential",
		"x-presto-user", "x-presto-original-user", "x-presto-original-role", "x-presto-role", "x-presto-extra-credential",
		"headeruid", "headerfirstname", "headerlastname", "headeremailaddress", // Wekan
		// Elasticsearch, OpenSearch, Search Guard; an underscore is a hyphen here.
		"es-security-runas-user", "opendistro-security-*", "opensearch-security-*", "x-proxy-ext-*", "sg-impersonate-as",
		"x-proxiedentitieschain", "x-proxiedentitygroups", "x-alfresco-remote-user", "x-gerrit-runas", "x-openidm-runas", // NiFi, Alfresco, Gerrit, OpenIDM
		"pf-auth-*", "x-sp-userid", "x-sp-usergroups", "posit-connect-*", "shiny-server-*", // PingFederate, ShinyProxy, Posit
		"x-first-name", "x-last-name", // CloudBeaver
		"x-datahub-actor", "cp-user", "cp-consumer", "argocd-*", "mattermost-user-id", // DataHub, Candlepin, extensions of Argo CD and Mattermost
		"x-clickhouse-user", "x-clickhouse-ssl-certificate-auth", "es-secondary-*", // ClickHouse, Elasticsearch
	}
}

// tenants returns headers that name the tenant whose data a request is about.
func tenants() []string {
	return []string{
		// Grafana Loki and Mimir, Thanos, Hawkular, VictoriaLogs, OpenSearch, Search Guard.
		"x-scope-orgid", "thanos-tenant", "hawkular-tenant", "accountid", "projectid", "securitytenant", "sgtenant",
		"x-project-domain-*", "polaris-realm", // OpenStack, Apache Polaris
	}
}

// certificates returns headers with the client certificate of a TLS connection.
func certificates() []string {
	return []string{
		"client-cert", "client-cert-*", // RFC 9440
		"ssl-*", "x-ssl", "x-ssl-*", "sslclientcert", "sslclientcertb64", "sslclientcertstatus", "sslclientcertsubject", "sslclientcertsn",
		"x-client-cert", "x-client-cert-*", "x-client-certificate", "x-client-verify", "x-client-dn", "x-client-cn", "x-client-s-dn",
		"x-client-i-dn", "x-client-subject", "x-client-subject-dn", "x-client-issuer", "x-client-issuer-dn", "x-client-serial",
		"x-client-fingerprint", "x-client-san", "cert-*", "x-cert", "x-cert-*", "x-tls-*", "tls-client-*", "x-mtls-*",
		"x-forwarded-client-cert", "x-forwarded-client-cert-*", "x-forwarded-tls-client-cert", "x-forwarded-tls-client-cert-*",
		"x-forwarded-ssl-client-cert", "x-arr-clientcert", "x-arr-ssl", "cf-client-cert", "cf-client-cert-*", "wl-proxy-*",
	}
}

// commonIdentities returns the names that configurations in many guides use for the user.
func commonIdentities() []string {
	return []string{
		"x-user", "x-user-id", "x-userid", "x-user-uid", "x-user-uuid", "x-user-sub", "x-user-name", "x-username", "x-user-login",
		"x-user-email", "x-user-mail", "x-user-role", "x-user-roles", "x-user-group", "x-user-groups", "x-user-scope", "x-user-scopes",
		"x-user-permissions", "x-user-claims", "x-user-info", "x-user-dn", "x-user-principal", "x-user-fullname", "x-user-display-name",
		"x-uid", "x-login", "x-email", "x-mail", "x-role", "x-roles", "x-group", "x-groups", "x-principal", "x-principal-name",
		"x-subject", "x-dn", "x-current-user", "x-logged-in-user", "x-admin", "x-is-admin",
		"x-verified-user", "x-identity", "x-impersonate-*", "x-on-behalf-of", "username", "user",
	}
}

// Client returns all headers that are removed from requests, unless an upstream is
// configured to get some of [Identities], [Addresses] or [Locations].
func Client() *Names { return NewNames(Own(), Way(), Addresses(), Identities()) }

// ProxyIdentities returns [Own], [Identities] and the CGI variables: headers that handlers
// behind a guard must not get from a client or a proxy.
func ProxyIdentities() *Names { return NewNames(Own(), Identities(), variables()) }

// FromClient returns [ProxyIdentities] and [Elsewhere]: headers that handlers behind a
// guard must not get from anything but a trusted proxy.
func FromClient() *Names { return NewNames(Own(), Identities(), Elsewhere()) }

// Settable determines which headers a hook may set for an upstream. Use [NewSettable]. It
// is safe for concurrent use.
type Settable struct{ reserved, own *Names }

// NewSettable returns a Settable.
func NewSettable() Settable {
	return Settable{NewNames(meaning(), Resources(), Way(), Addresses()), NewNames(Own())}
}

// Check returns an error if a hook may not set a header of this name. Case does not matter.
func (s Settable) Check(name string) error {
	switch {
	case !IsPlainName(name):
		return fmt.Errorf("header %.60q: its name must consist of letters, digits and hyphens", name)
	case s.own.Has(name):
		return fmt.Errorf("header %.60q is Cardea's own: no hook sets it", name)
	case s.reserved.Has(name):
		return fmt.Errorf("header %.60q would change what the request means: no hook may set it", name)
	}
	return nil
}

// IsPlainName reports whether name consists of letters, digits and hyphens, which no server
// reads as another name or as two.
func IsPlainName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '-' && !isAlphanumeric(c) {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}

// ForwardNames validates the headers of [Identities], [Addresses] or [Locations] that an
// upstream is to get from clients, and returns them in canonical form.
func ForwardNames(list []string) ([]string, error) {
	allowed, taken := NewNames(Addresses(), Identities(), Locations()), Client()
	credentials := NewNames([]string{"authorization", "x-api-key", "cookie", "proxy-authorization"})
	var out []string
	var errs []error
	for _, name := range list {
		switch {
		case !IsPlainName(name):
			errs = append(errs, fmt.Errorf("header %.60q: write its name in letters, digits and hyphens", name))
		case credentials.Has(name):
			errs = append(errs, fmt.Errorf("header %.60q carries credentials: see forward_credential of rules", name))
		case taken.Has(name) && !allowed.Has(name):
			errs = append(errs, fmt.Errorf("header %.60q is never taken from a client: remove it", name))
		case !allowed.Has(name):
			errs = append(errs, fmt.Errorf("header %.60q is forwarded in any case: remove it", name))
		case slices.Contains(out, textproto.CanonicalMIMEHeaderKey(name)):
			errs = append(errs, fmt.Errorf("header %.60q is in the list already: remove one", name))
		default:
			out = append(out, textproto.CanonicalMIMEHeaderKey(name))
		}
	}
	return out, errors.Join(errs...)
}

// ProtectNames validates headers that are to be removed from every request, in addition to
// those that hooks set.
func ProtectNames(list []string) error {
	framing := NewNames([]string{
		"host", "content-*", "connection", "upgrade", "te", "trailer", "transfer-encoding", "authorization", "x-api-key", "cookie", "sec-websocket-*",
	})
	var errs []error
	for _, name := range list {
		switch {
		case !IsPlainName(name):
			errs = append(errs, fmt.Errorf("header %.60q: write its name in letters, digits and hyphens", name))
		case framing.Has(name):
			errs = append(errs, fmt.Errorf("header %.60q cannot be removed: requests need it", name))
		}
	}
	return errors.Join(errs...)
}

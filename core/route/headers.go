package route

import (
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"
)

// The lists below are of names that a client must not speak by, or a hook not set.
// They are written in lower case; "-*" at an end stands for all that begin so.

// Own are the headers by which an upstream knows from Cardea who is asking; no
// setting lets them pass from a client.
func Own() []string { return []string{"x-auth-*", "x-cardea-*"} }

// Way are the headers in which a client could speak about the way that its
// request took, or turn it into another one for the upstream. The framing headers
// are here for their other spellings: the transport writes its own.
func Way() []string {
	return []string{
		"forwarded", "x-forwarded", "x-forwarded-*", "x-original-*", "x-rewrite-*", "x-envoy-*",
		"x-host", "x-scheme", "x-url-scheme", "front-end-https",
		"x-http-path-override", "x-http-host-override", "x-http-url-override", "x-url-override", "x-override-url", "x-replaced-path",
		"x-http-method", "x-http-method-override", "x-method-override",
		"content-length", "transfer-encoding", "host", "http2-settings", "proxy", "proxy-*",
		// By which Next.js leaves its middleware out, and Rack and nginx serve files.
		"x-middleware-*", "x-sendfile-type", "x-accel-*",
		// The miniOrange plugin reads it beside Authorization, and Cardea does not.
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

// Elsewhere are those of [Way] in which a client could name another URL, host or path
// than the one that was decided on, for handlers and middleware that go by them.
func Elsewhere() []string {
	return []string{
		"forwarded", "x-forwarded", "x-forwarded-host", "x-forwarded-server", "x-forwarded-prefix", "x-forwarded-path", "x-forwarded-uri",
		"x-forwarded-url", "x-forwarded-method", "x-original-*", "x-rewrite-*", "x-envoy-original-*", "x-host",
		"x-http-path-override", "x-http-host-override", "x-http-url-override", "x-url-override", "x-override-url", "x-replaced-path",
	}
}

// Resources are the headers in which a request names a second resource, on which it acts
// besides its own: WebDAV's (RFC 4918 section 10.3), and the copies and renames of object
// stores.
func Resources() []string {
	return []string{
		"destination", "x-http-destination", "x-http-destinationurl", "x-http-destination-url",
		"x-amz-copy-source", "x-amz-rename-source", "x-goog-copy-source", "x-ms-copy-source", "x-ms-rename-source", "x-ms-file-rename-source",
		"x-oss-copy-source", "x-oss-symlink-target", "x-cos-copy-source", "x-obs-copy-source", "x-bce-copy-source", "x-tos-copy-source",
		"x-kss-copy-source", "x-upyun-copy-source", "x-upyun-move-source",
		// Swift's are below the account of the request.
		"x-copy-from", "x-symlink-target", "x-object-manifest", "x-copy-from-account", "destination-account", "x-symlink-target-account",
	}
}

// IsResource reports whether a header is in [Resources], or its name ends as those of object
// stores do that name a second resource; r are the names of [Resources].
func IsResource(r *Names, name string) bool {
	return r.Has(name) || mayEndAsResource(name) && slices.ContainsFunc(resourceEnds(), func(end string) bool {
		return strings.HasSuffix(Alias(name), end)
	})
}

func resourceEnds() []string {
	return []string{"-Copy-Source", "-Rename-Source", "-Move-Source", "-Symlink-Target"}
}

// mayEndAsResource is cheap, for most names end otherwise.
func mayEndAsResource(name string) bool {
	const size = len("source")
	if len(name) <= size {
		return false
	}
	end := name[len(name)-size:]
	return strings.EqualFold(end, "source") || strings.EqualFold(end, "target")
}

// Meaningful is the set of headers that make another request of the one that was
// decided on. A server that unites their spellings reads each of them for the
// exact one.
func Meaningful() *Names { return NewNames(meaning(), Resources()) }

// Addresses are the headers in which proxies pass on the client's address.
func Addresses() []string {
	return []string{
		"x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "client-ip", "cf-connecting-ip",
		"cf-connecting-ipv6", "cf-pseudo-ipv4", "fastly-client-ip", "x-azure-clientip", "x-azure-socketip",
	}
}

// meaning are headers that make another request of the one that was decided on:
// its framing, target, method, credential, part, form, or the page that it is
// said to come from (which defences against forged requests go by).
func meaning() []string {
	return []string{
		// RFC 9110 and 9112: framing, connection, conditions, ranges, negotiation, routing.
		"host", "content-*", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "trailers", "upgrade", "expect",
		"http2-settings", "proxy", "proxy-*", "via", "max-forwards", "range", "if-*", "accept", "accept-charset", "accept-encoding",
		"cache-control", "pragma", "prefer", "early-data",
		// Credentials, which are the gate's to pass on or not.
		"authorization", "x-authorization", "x-api-key", "cookie", "cookie2",
		// Where the request comes from: CORS, Fetch metadata, tokens against forgery.
		"origin", "referer", "access-control-*", "sec-*", "x-requested-with", "x-csrf-token", "x-csrftoken", "x-xsrf-token", "x-wp-nonce",
		// WebDAV (RFC 4918) and IIS.
		"depth", "if", "lock-token", "overwrite", "timeout", "translate",
		// What frameworks and servers read out of a request: Next.js, Rack, nginx, SOAP.
		"x-middleware-*", "x-sendfile-type", "x-accel-*", "soapaction",
	}
}

// Identities are the headers in which well-known proxies and products tell an
// application who is asking, or what certificate the client showed, after their
// documentation. Behind Cardea none of them is in front, so that such a header is
// a client's own.
func Identities() []string {
	return slices.Concat(proxyIdentities(), cloudIdentities(), enterpriseIdentities(), certificates(), commonIdentities())
}

// proxyIdentities are those of reverse proxies and identity-aware proxies.
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
		// geOrchestra's gateway; browsers send other names that begin so.
		"sec-username", "sec-roles", "sec-org", "sec-orgname", "sec-firstname", "sec-lastname", "sec-email", "sec-tel", "sec-proxy",
		// Grafana Loki and Mimir: the tenant.
		"x-scope-orgid",
	}
}

// cloudIdentities are those of clouds.
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

// enterpriseIdentities are those of single sign-on products and Apache modules.
func enterpriseIdentities() []string {
	return []string{
		"sm-*", "smuser", "oam-*", "osso-*", "iv-*", "am-eai-*", // SiteMinder, Oracle, IBM WebSEAL
		"oidc-*", "mellon-*", "cas-*", "x-cas-*", // mod_auth_openidc, mod_auth_mellon, mod_auth_cas
		// Shibboleth: the attributes of its default map.
		"shib-*", "x-shib-*", "eppn", "affiliation", "unscoped-affiliation", "entitlement", "assurance", "subject-id", "pairwise-id",
		"persistent-id", "targeted-id", "transient-id", "mail", "uid", "givenname", "displayname", "edupersonprincipalname",
		"ismemberof", "memberof",
		"-wsru", "-wsat", "-wscc", "-wspr", "-wsra", // IBM WebSphere's plug-in: $WSRU
		"x-identity-status", "x-is-admin-project", "x-service-catalog", "openstack-system-scope", // OpenStack Keystone
		"auth-user", "auth-type", "logon-user", // CGI variables as headers
		"x-webobjects-remote-user",
	}
}

// certificates tell which certificate the client showed by TLS.
func certificates() []string {
	return []string{
		"client-cert", "client-cert-*", // RFC 9440
		"ssl-*", "x-ssl", "x-ssl-*", "sslclientcert", "sslclientcertb64", "sslclientcertstatus", "sslclientcertsubject", "sslclientcertsn",
		"x-client-cert", "x-client-cert-*", "x-client-certificate", "x-client-verify", "x-client-dn", "x-client-cn", "x-client-s-dn",
		"x-client-i-dn", "x-client-subject", "x-client-subject-dn", "x-client-issuer", "x-client-issuer-dn", "x-client-serial",
		"x-client-fingerprint", "x-client-san", "x-cert", "x-cert-*", "x-tls-*", "tls-client-*", "x-mtls-*",
		"x-forwarded-client-cert", "x-forwarded-client-cert-*", "x-forwarded-tls-client-cert", "x-forwarded-tls-client-cert-*",
		"x-forwarded-ssl-client-cert", "x-arr-clientcert", "x-arr-ssl", "cf-client-cert", "cf-client-cert-*", "wl-proxy-*",
	}
}

// commonIdentities are what configurations out of many guides call the user.
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

// Client are all the headers that are taken out of what a client sends, unless an
// upstream is said to want some of [Identities] or [Addresses].
func Client() *Names { return NewNames(Own(), Way(), Addresses(), Identities()) }

// ProxyIdentities are [Own] and [Identities]: what handlers behind a guard must not hear
// from a client, nor from a proxy.
func ProxyIdentities() *Names { return NewNames(Own(), Identities()) }

// FromClient are [ProxyIdentities] and [Elsewhere]: what handlers behind a guard must not hear
// from who is no proxy that is trusted.
func FromClient() *Names { return NewNames(Own(), Identities(), Elsewhere()) }

// Settable says which headers a hook may set for an upstream. Make one with
// [NewSettable]. Safe for concurrent use.
type Settable struct{ reserved, own *Names }

// NewSettable returns it.
func NewSettable() Settable {
	return Settable{NewNames(meaning(), Resources(), Way(), Addresses()), NewNames(Own())}
}

// Check returns why a hook may not set a header of this name; nil if it may. The
// case of letters does not matter.
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

// IsPlainName reports whether name is a header field name of letters, digits and
// hyphens, which no server reads as another name or as two.
func IsPlainName(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '-' && !isAlphanumeric(c) {
			return false
		}
	}
	return name != "" && len(name) <= maxName
}

// ForwardNames checks the headers that an upstream is to get from clients although
// they are in [Identities] or [Addresses], and returns them in canonical form.
func ForwardNames(list []string) ([]string, error) {
	allowed, taken := NewNames(Addresses(), Identities()), Client()
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
			errs = append(errs, fmt.Errorf("header %.60q is passed on in any case: remove it", name))
		case slices.Contains(out, textproto.CanonicalMIMEHeaderKey(name)):
			errs = append(errs, fmt.Errorf("header %.60q is in the list already: remove one", name))
		default:
			out = append(out, textproto.CanonicalMIMEHeaderKey(name))
		}
	}
	return out, errors.Join(errs...)
}

// ProtectNames checks headers that are to be taken out of every request, besides
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
			errs = append(errs, fmt.Errorf("header %.60q cannot be taken out: requests need it", name))
		}
	}
	return errors.Join(errs...)
}

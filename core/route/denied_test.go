package route

import (
	"strings"
	"testing"
)

// The lists below were written from the documentation of the products, not from the lists
// of this package: each name must be in its set, in every spelling. To cover another
// header, add its name here.

// deniedIdentities are headers in which a proxy states who the user is.
const deniedIdentities = `
x-forwarded-user x-forwarded-login x-forwarded-name x-forwarded-email x-forwarded-groups x-forwarded-roles
x-forwarded-preferred-username x-forwarded-access-token x-forwarded-id-token gap-auth gap-signature
remote-user remote-groups remote-name remote-email remote-addr x-remote-user x-remote-group x-remote-extra-scopes
impersonate-user impersonate-group impersonate-uid impersonate-extra-scopes
x-webauth-user x-webauth-email webauth-user webauth-role x-sso-user x-sso-token x-proxy-user x-proxy-roles
x-token-subject x-token-user-name x-token-user-email x-authentik-username x-authentik-groups x-vouch-user
x-vouch-idp-claims-sub x-pomerium-claim-email x-pomerium-jwt-assertion teleport-jwt-assertion
tailscale-user-login tailscale-user-name x-tailscale-user x-rstudio-username rstudio-connect-credentials
x-consumer-username x-consumer-custom-id x-consumer-groups x-credential-identifier x-credential-username
x-anonymous-consumer x-authenticated-userid x-authenticated-scope x-authenticated-groups x-userinfo x-id-token
x-jwt-payload x-jwt-assertion x-jwt-claim-sub x-istio-attributes x-ext-authz-check-result x-endpoint-api-userinfo
x-scope-orgid sec-username sec-roles sec-org sec-orgname sec-firstname sec-lastname sec-email sec-tel sec-proxy
x-apigateway-event x-apigateway-context x-amzn-request-context x-amzn-lambda-context
x-ms-client-principal x-ms-client-principal-id x-ms-client-principal-name x-ms-token-aad-id-token x-ms-auth-token
x-ms-proxy x-goog-authenticated-user-email x-goog-authenticated-user-id x-goog-iap-jwt-assertion
x-apigateway-api-userinfo x-appengine-user-email x-appengine-user-is-admin x-amzn-oidc-data x-amzn-oidc-identity
x-amzn-oidc-accesstoken x-amzn-mtls-clientcert x-amzn-mtls-clientcert-subject x-amzn-ava-user-context
cf-access-authenticated-user-email cf-access-jwt-assertion cf-access-client-id x-rh-identity x-ditto-pre-authenticated
sm-user sm-userdn sm-serversessionid smuser oam-remote-user oam-identity-domain osso-user-dn iv-user iv-groups iv-creds
am-eai-user-id am-eai-xattrs oidc-claim-sub oidc-access-token mellon-name-id mellon-mail cas-user cas-attribute-mail
x-cas-user shib-session-id shib-identity-provider x-shib-user eppn affiliation unscoped-affiliation entitlement
assurance subject-id pairwise-id persistent-id targeted-id transient-id mail uid givenname displayname
edupersonprincipalname ismemberof memberof $wsru $wsat $wscc $wspr $wsra x-identity-status x-is-admin-project
x-service-catalog openstack-system-scope auth-user auth-type logon-user x-webobjects-remote-user
client-cert client-cert-chain ssl-client-cert ssl-client-verify ssl-client-s-dn x-ssl x-ssl-client-cert x-ssl-client-verify
x-ssl-client-s-dn sslclientcert sslclientcertb64 sslclientcertstatus sslclientcertsubject sslclientcertsn x-client-cert
x-client-cert-dn x-client-certificate x-client-verify x-client-dn x-client-cn x-client-s-dn x-client-i-dn
x-client-subject x-client-subject-dn x-client-issuer x-client-issuer-dn x-client-serial x-client-fingerprint
x-client-san x-cert x-cert-dn x-tls-client-cert x-tls-version tls-client-cert tls-client-verify x-mtls-subject
x-forwarded-client-cert x-forwarded-client-cert-info x-forwarded-tls-client-cert x-forwarded-tls-client-cert-info
x-forwarded-ssl-client-cert x-arr-clientcert x-arr-ssl cf-client-cert cf-client-cert-sha256 wl-proxy-client-cert
wl-proxy-client-ip
x-user x-user-id x-userid x-user-uid x-user-uuid x-user-sub x-user-name x-username x-user-login x-user-email x-user-mail
x-user-role x-user-roles x-user-group x-user-groups x-user-scope x-user-scopes x-user-permissions x-user-claims
x-user-info x-user-dn x-user-principal x-user-fullname x-user-display-name x-uid x-login x-email x-mail x-role x-roles
x-group x-groups x-principal x-principal-name x-subject x-dn x-current-user x-logged-in-user x-admin x-is-admin
x-verified-user x-identity x-impersonate-user x-impersonate-group x-on-behalf-of username user
kubeflow-userid kubeflow-groups x-spinnaker-user x-spinnaker-accounts x-spinnaker-user-origin
x-hasura-role x-hasura-user-id x-hasura-org-id x-akhq-user x-akhq-group
x-trino-user x-trino-original-user x-trino-original-role x-trino-original-roles x-trino-role x-trino-extra-credential
x-presto-user x-presto-original-user x-presto-original-role x-presto-role x-presto-extra-credential
headeruid headerfirstname headerlastname headeremailaddress
es-security-runas-user opendistro_security_impersonate_as opensearch-security-roles sg-impersonate-as x-proxy-ext-department
x-proxiedentitieschain x-proxiedentitygroups x-alfresco-remote-user x-gerrit-runas x-openidm-runas pf-auth-subject x-sp-userid x-sp-usergroups
posit-connect-user-session-token shiny-server-credentials x-first-name x-last-name
thanos-tenant hawkular-tenant accountid projectid securitytenant sgtenant
x-project-domain-id x-project-domain-name x-user-domain-id x-user-domain-name x-domain-id x-domain-name
x-service-identity-status x-service-roles x-service-user-id x-service-project-id x-service-domain-id
x-kratos-authenticated-identity-id sf-context-current-user x-hass-source x-sandstorm-user-id x-sandstorm-permissions
x-datahub-actor cp-user cp-consumer argocd-username argocd-user-groups mattermost-user-id polaris-realm
x-clickhouse-user x-clickhouse-ssl-certificate-auth es-secondary-authorization es-secondary-x-client-authentication
lm-remote-user auth-mail auth-cn auth-groups x-cosmos-user cert-subject cert-issuer cert-serialnumber $wscs $wssi $wsct`

// deniedAddresses are headers in which a proxy states the client's address.
const deniedAddresses = `
x-real-ip x-client-ip x-cluster-client-ip true-client-ip client-ip cf-connecting-ip cf-connecting-ipv6 cf-pseudo-ipv4
fastly-client-ip x-azure-clientip x-azure-socketip fly-client-ip do-connecting-ip incap-client-ip ali-cdn-real-ip cdn-src-ip
x-nf-client-connection-ip x-vercel-forwarded-for x-sucuri-clientip x-proxyuser-ip`

// deniedVariables are the variables of RFC 3875, of Apache, nginx and IIS as headers, but
// for those of the body and of REMOTE_*, which other lists have.
const deniedVariables = `
auth-type gateway-interface path-info path-translated query-string request-method script-name server-name server-port
server-protocol server-software request-uri request-url request-path request-scheme request-filename script-filename script-uri
script-url https document-root document-uri document-name redirect-status redirect-url redirect-query-string server-addr server-admin
orig-path-info orig-script-name unencoded-url appl-md-path appl-physical-path context-prefix context-document-root local-addr
remote-addr remote-host remote-ident remote-user remote-port`

// deniedLocations are headers by which products are told another path, mount point, virtual
// host or service.
const deniedLocations = `
x-script-name x-request-base x-traversal-path x-ingress-path daphne-root-path x-vhm-host x-vhm-root x-proxycontextpath x-proxyhost x-proxyport x-proxyscheme
x-rstudio-request x-rstudio-root-path x-rsc-request x-jfrog-override-base-url x-artifactory-override-base-url x-request-uri
$wssn $wssp $wsis $wsrh $wssc $wspt x-tomcat-docroot x-webserver-context x-vdirs x-modcfml-sharedkey xajp-path-info xajp-header-vdirs
x-weblogic-request-clusterinfo x-waws-unencoded-url x-iisnode-logon-user disguised-host was-default-hostname
x-invoke-path x-invoke-query x-matched-path x-now-route-matches x-astro-path x-astro-locals
l5d-dst-override l5d-dtab dtab-local dapr-app-id dapr-caller-app-id knative-serving-revision knative-serving-namespace`

// deniedWay are headers that describe or change the way of a request.
const deniedWay = `
forwarded x-forwarded x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-port x-forwarded-prefix x-forwarded-uri
x-forwarded-method x-forwarded-server x-forwarded-scheme x-original-url x-original-uri x-original-method x-original-host
x-original-forwarded-for x-original-remote-addr x-rewrite-url x-rewrite-uri x-envoy-original-path x-envoy-external-address
x-envoy-internal x-envoy-peer-metadata x-host x-scheme x-url-scheme front-end-https x-http-method x-http-method-override
x-method-override content-length transfer-encoding host http2-settings proxy proxy-connection proxy-authorization
proxy-authenticate proxy-status x-middleware-subrequest x-middleware-rewrite x-sendfile-type x-accel-mapping
x-accel-redirect authorisation
x-http-path-override x-http-host-override x-http-url-override x-url-override x-override-url x-replaced-path
x-https x-forwarded-script-name x-forwarded-context x-forwarded-base`

// deniedResources are headers that name a second resource: WebDAV's, and those of the
// object stores of Amazon, Google, Microsoft, Alibaba, Tencent, Huawei, Baidu, Volcengine,
// Kingsoft, UPYUN and OpenStack, as in their documentation.
const deniedResources = `
destination x-http-destination x-http-destinationurl x-http-destination-url
x-amz-copy-source x-amz-rename-source x-goog-copy-source x-ms-copy-source x-ms-rename-source x-ms-file-rename-source
x-oss-copy-source x-oss-symlink-target x-cos-copy-source x-obs-copy-source x-bce-copy-source x-tos-copy-source
x-kss-copy-source x-upyun-copy-source x-upyun-move-source
x-copy-from x-copy-from-account x-symlink-target x-symlink-target-account x-object-manifest destination-account`

// deniedElsewhere are those in deniedWay that name another URL, host or path.
const deniedElsewhere = `
forwarded x-forwarded x-forwarded-host x-forwarded-server x-forwarded-prefix x-forwarded-path x-forwarded-uri x-forwarded-url
x-forwarded-method x-original-url x-original-uri x-original-host x-rewrite-url x-rewrite-uri x-envoy-original-path
x-envoy-original-method x-host x-http-path-override x-http-host-override x-http-url-override x-url-override
x-override-url x-replaced-path x-forwarded-script-name x-forwarded-context x-forwarded-base`

// deniedOverrides are those in deniedWay that name another method.
const deniedOverrides = `x-http-method x-http-method-override x-method-override`

// deniedOwn are Cardea's own.
const deniedOwn = `
x-auth-user x-auth-email x-auth-roles x-auth-request-user x-cardea-assertion x-cardea-anything`

// deniedMeaning are further headers that hooks may not set; clients may send them only in
// their exact spelling.
const deniedMeaning = `
host content-type content-encoding content-length content-disposition content-range transfer-encoding connection keep-alive te
trailer trailers upgrade expect http2-settings proxy proxy-connection via max-forwards range if-match if-none-match
if-modified-since if-unmodified-since if-range accept accept-charset accept-encoding cache-control pragma prefer early-data
authorization x-authorization x-api-key cookie cookie2 origin referer access-control-request-method
access-control-request-headers sec-fetch-site sec-fetch-mode sec-websocket-key sec-websocket-protocol x-requested-with
x-csrf-token x-csrftoken x-xsrf-token x-wp-nonce depth destination if lock-token overwrite timeout translate
x-middleware-subrequest x-middleware-rewrite x-sendfile-type x-accel-mapping x-accel-redirect soapaction`

// deniedSpellings are spellings that some servers treat as the same variable name.
func deniedSpellings(name string) []string {
	return []string{
		name, strings.ToUpper(name), strings.ReplaceAll(name, "-", "_"), strings.ToUpper(strings.ReplaceAll(name, "-", "_")),
		strings.ReplaceAll(name, "-", "."), strings.Replace(name, "-", "~", 1),
	}
}

// TestDenied: every name, in every spelling, is in its set.
func TestDenied(t *testing.T) {
	client, own, identities, meaning := Client(), NewNames(Own()), ProxyIdentities(), Meaningful()
	for _, row := range []struct {
		names string
		sets  map[string]*Names
	}{
		{deniedIdentities, map[string]*Names{"Client": client, "ProxyIdentities": identities}},
		{deniedAddresses, map[string]*Names{"Client": client}},
		{deniedWay, map[string]*Names{"Client": client}},
		{deniedVariables, map[string]*Names{"Client": client, "ProxyIdentities": identities, "FromClient": FromClient()}},
		{deniedLocations, map[string]*Names{"Client": client, "FromClient": FromClient()}},
		{deniedOwn, map[string]*Names{"Client": client, "Own": own, "ProxyIdentities": identities}},
		{deniedMeaning, map[string]*Names{"Meaningful": meaning}},
		{deniedResources, map[string]*Names{"Resources": NewNames(Resources())}},
		{deniedElsewhere, map[string]*Names{"Elsewhere": NewNames(Elsewhere()), "Client": client}},
		{deniedOverrides, map[string]*Names{"Overrides": NewNames(Overrides()), "Client": client}},
	} {
		for _, name := range strings.Fields(row.names) {
			for _, spelt := range deniedSpellings(name) {
				for set, names := range row.sets {
					if !names.Has(spelt) {
						t.Errorf("%s has no %s", set, spelt)
					}
				}
			}
		}
	}
}

// TestDenied_settable: hooks cannot set headers that change a request, and can set every
// plain header that states the user.
func TestDenied_settable(t *testing.T) {
	s := NewSettable()
	for _, name := range strings.Fields(deniedWay + deniedOwn + deniedAddresses + deniedMeaning + deniedLocations) {
		for _, spelt := range []string{name, strings.ToUpper(name)} {
			if s.Check(spelt) == nil {
				t.Errorf("a hook may set %s", spelt)
			}
		}
	}
	for _, name := range strings.Fields(deniedIdentities) {
		// Of these, headers that also belong to such a family or to browsers cannot be set.
		if want := !strings.HasPrefix(name, "x-forwarded-") && !strings.HasPrefix(name, "sec-") && IsPlainName(name); (s.Check(name) == nil) != want {
			t.Errorf("%s: %v, want it settable: %v", name, s.Check(name), want)
		}
	}
}

// TestDenied_forward: identities and addresses can be forwarded from clients, other removed
// headers cannot.
func TestDenied_forward(t *testing.T) {
	want := func(names string, allowed bool) {
		t.Helper()
		for _, name := range strings.Fields(names) {
			if _, err := ForwardNames([]string{name}); (err == nil) != (allowed && IsPlainName(name)) {
				t.Errorf("%s: %v, want it allowed: %v", name, err, allowed)
			}
		}
	}
	want(deniedIdentities+deniedAddresses+deniedLocations, true)
	want("script-name path-info path-translated query-string request-method request-uri server-name https document-root redirect-url", false)
	want("x-forwarded-for x-forwarded-host x-forwarded-proto x-original-url x-rewrite-url x-envoy-original-path forwarded "+
		"x-host x-http-method-override host proxy "+deniedOwn, false)
	want("authorization x-api-key cookie proxy-authorization", false)
	want("accept user-agent x-request-id traceparent", false) // always forwarded
	if _, err := ForwardNames([]string{"X-User", "x-user"}); err == nil {
		t.Error("a name twice")
	}
}

// TestDenied_carriers: these headers cannot carry a rule's credential.
func TestDenied_carriers(t *testing.T) {
	for _, name := range strings.Fields(`connection content-length cookie host keep-alive proxy-authenticate proxy-authorization
		proxy-connection te trailer transfer-encoding upgrade forwarded x-forwarded-for x-forwarded-anything x-auth-user x-cardea-a`) {
		for _, spelt := range deniedSpellings(name) {
			if _, err := (HeaderSpec{Name: spelt}).Check(); err == nil {
				t.Errorf("a credential may come in %s", spelt)
			}
		}
	}
	for _, name := range []string{"X-Token", "Authorization", "X-Api-Key", "X-Forwarded", "X-Wp-Token"} {
		if _, err := (HeaderSpec{Name: name}).Check(); err != nil {
			t.Errorf("%s: Check: %v", name, err)
		}
	}
}

// TestDenied_protected: headers that requests need cannot be protected.
func TestDenied_protected(t *testing.T) {
	for _, name := range strings.Fields(`host content-type content-length content-encoding connection upgrade te trailer transfer-encoding
		authorization x-api-key cookie sec-websocket-key sec-websocket-version`) {
		for _, spelt := range []string{name, strings.ToUpper(name)} {
			if ProtectNames([]string{spelt}) == nil {
				t.Errorf("%s can be taken out of every request", spelt)
			}
		}
	}
}

package gateway

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/route"
)

// otherNames are headers from which a server or product takes the path, the host or the
// user, in spellings that HTTP allows.
const otherNames = `
SCRIPT_NAME Script_name script_name Script-Name SCRIPT-NAME PATH_INFO Path_Info path-info PATH_TRANSLATED QUERY_STRING Query-String
REQUEST_METHOD Request-Method REQUEST_URI SERVER_NAME Server-Port HTTPS https REMOTE_USER Remote-Addr AUTH_TYPE DOCUMENT_ROOT
GATEWAY_INTERFACE CONTENT_TYPE Content_Length HTTP_HOST X_PLAIN X.Plain X~Plain $Plain X!Plain X+Plain api_key
X-Script-Name X-Request-Base X-Traversal-Path X-Forwarded-Script-Name Daphne-Root-Path daphne_root_path X-Vhm-Root X-Tomcat-DocRoot X-Webserver-Context X-Vdirs Xajp-Path-Info xajp_path_info
$WSSN $wssp $WSIS $WSRH $WSRU -wssn ~WSSN
kubeflow-userid Kubeflow-Groups KUBEFLOW_USERID X-Spinnaker-User X_SPINNAKER_ACCOUNTS X-Trino-User x_presto_user X-Hasura-Role X-Hasura-User-Id
Headeruid Opendistro_security_impersonate_as opendistro-security-impersonate-as Es-Security-Runas-User Pf-Auth-Subject
Thanos-Tenant THANOS_TENANT Hawkular-Tenant Polaris-Realm X-Datahub-Actor cp-user Argocd-Username X-Clickhouse-User es-secondary-authorization`

// clientNames are headers that the clients of common applications send.
const clientNames = `X-Amz-Meta-My_key X-Amz-Meta-A.b X-Ms-Meta-File_name X-Account-Meta-A_b X-Bz-Info-Src_last_modified_millis
X-Oss-Meta-A_b X-Obs-Meta-A.b X-Cos-Meta-A_b X-Tos-Meta-A_b X-Bce-Meta-A_b X-Kss-Meta-A_b X-Upyun-Meta-A_b X-Qs-Meta-A_b X-Nos-Meta-A_b
X-Container-Meta-A_b X-Object-Meta-A_b X-Remove-Object-Meta-A_b X-Remove-Container-Meta-A_b X-Remove-Account-Meta-A_b Opc-Meta-A_b X-Goog-Meta-A.b
Accept Accept-Language Content-Type Content-Md5 Cookie User-Agent Referer Origin Range If-None-Match Cache-Control X-Requested-With
X-Request-Id Traceparent Idempotency-Key X-Csrf-Token X-Wp-Nonce Cocart-Api-Cart-Key Cart-Token Cart-Hash Nonce X-Wc-Store-Api-Nonce
X-Wc-Webhook-Signature X-Hub-Signature-256 Stripe-Signature X-Nextjs-Data X-Trino-Catalog X-Trino-Schema X-1 Dnt`

// TestServe_namesThatAreNotPlain: no upstream gets a header that it could read as a variable
// of the request or as another header, as header or trailer, named by Connection or not;
// those of clients pass. A name that begins like a field of HTTP/2 is none.
func TestServe_namesThatAreNotPlain(t *testing.T) {
	g := newTestGateway(t, newEngine(t, route.Rule{Name: "open", Path: "/open/**", Access: route.Public}, route.Rule{Name: "rest", Path: "/**"}), nil)
	send := func(name, more string) []seen {
		t.Helper()
		raw := "POST /open/x HTTP/1.1\r\nHost: x\r\n" + name + ": /open\r\nX-Kept: 1\r\n" + more + "Trailer: X-Sum, " + name +
			"\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n" + name + ": /open\r\n\r\n"
		a := g.send(t, raw, 1)
		got := g.seen.take()
		if a[0].status != 200 && a[0].status != 400 || len(got) > 1 || (a[0].status == 200) != (len(got) == 1) {
			t.Errorf("%s: status %d, upstream saw %d requests", name, a[0].status, len(got))
		}
		return got
	}
	for _, name := range strings.Fields(otherNames) {
		for _, more := range []string{"", "Connection: X-Other\r\n", "Connection: " + name + "\r\n", "Connection: X-Other, " + strings.ToLower(name) + "\r\n"} {
			for _, s := range send(name, more) {
				if s.Headers["X-Kept"] == nil {
					t.Errorf("%s: the upstream lacks X-Kept", name)
				}
				for sent, values := range s.Headers {
					if route.IsAlias(sent, name) && len(values) == 1 && values[0] == "/open" || !route.IsPlainName(sent) {
						t.Errorf("%s: the upstream saw %s: %q", name, sent, values)
					}
				}
			}
		}
	}
	for _, name := range strings.Fields(clientNames) {
		if a := g.send(t, "GET /open/x HTTP/1.1\r\nHost: x\r\n"+name+": v=1\r\n\r\n", 1)[0]; a.status != 200 {
			t.Errorf("%s: status %d", name, a.status)
		}
		if got := g.seen.take(); len(got) != 1 || len(got[0].Headers[name]) != 1 || got[0].Headers[name][0] != "v=1" {
			t.Errorf("%s did not reach the upstream", name)
		}
	}
	for _, name := range []string{":path", ":authority", ":method"} {
		if a := g.send(t, "GET /open/x HTTP/1.1\r\nHost: x\r\n"+name+": /admin\r\n\r\n", 1)[0]; a.status != 400 || len(g.seen.take()) != 0 {
			t.Errorf("%s: status %d, want 400", name, a.status)
		}
	}
}

package wordpress_test

import (
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

// letTakeKeys adds routes with credentials of their own to a site.
func letTakeKeys(t *testing.T, site *parts.Site) {
	t.Helper()
	plugin, err := os.ReadFile("testdata/keys.php")
	if err != nil {
		t.Fatal(err)
	}
	parts.Write(t, site.Dir, "wp-content/mu-plugins/keys.php", string(plugin))
}

// testAppKeys sends credentials that belong to the application: where access is optional
// or public it gets them as they were sent, and elsewhere the gateway refuses them.
func testAppKeys(t *testing.T, g gateway) {
	const key, secret = "ck_0123456789abcdef0123456789abcdef01234567", "cs_0123456789abcdef0123456789abcdef01234567"
	basic := func(user, password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	const oauth = `OAuth oauth_consumer_key="ck_1", oauth_signature_method="HMAC-SHA256", oauth_signature="c2ln"`
	const digest = `Digest username="anna", realm="shop", nonce="1", uri="/", response="0"`
	for _, tc := range []struct {
		name, authorization, target string
		status                      int
		want                        string
	}{
		{"a key", basic(key, secret), "/wp-json/wc/v3/orders", 200, `"user":"editor1"`},
		{"a key by rest_route", basic(key, secret), "/?rest_route=/wc/v3/orders", 200, `"user":"editor1"`},
		{"a key with a slash more", basic(key, secret), "//wp-json/wc/v3/orders", 200, `"user":"editor1"`},
		{"a wrong secret", basic(key, "cs_1"), "/wp-json/wc/v3/orders", 401, "woocommerce_rest_cannot_view"},
		{"an unknown key", basic("ck_1", secret), "/wp-json/wc/v3/orders", 401, "woocommerce_rest_cannot_view"},
		{"no key", "", "/wp-json/wc/v3/orders", 401, "woocommerce_rest_cannot_view"},
		{"a user's password", basic("editor1", "editor1-pass"), "/wp-json/wc/v3/orders", 200, `"user":"editor1"`},
		{"a wrong password", basic("editor1", "ck_"), "/wp-json/wc/v3/orders", 401, "the credentials are not accepted"},
		{"OAuth", oauth, "/wp-json/wc/v3/heard", 200, `OAuth oauth_consumer_key=`},
		{"Digest", digest, "/wp-json/wc/v3/heard", 200, `Digest username=`},
		{"a key, as it was sent", basic(key, secret), "/wp-json/wc/v3/heard", 200, basic(key, secret)},
		{"a password is the gateway's", basic("editor1", "editor1-pass"), "/wp-json/wc/v3/heard", 200, `"authorization":""`},
		{"a key on a public route", basic(key, secret), "/wp-json/wp/v2/posts", 200, "["},
		{"a key where the rule requires a user", basic(key, secret), "/wp-json/wp/v2/users/me", 401, ""},
		{"OAuth where the rule requires a user", oauth, "/wp-json/wp/v2/users/me", 401, "no_credential"},
		{"a key where the rule requires a role", basic(key, secret), "/wp-json/wp/v2/settings", 401, ""},
	} {
		headers := []string{"X-Auth-User", "admin", "X-Auth-Roles", "administrator"}
		if tc.authorization != "" {
			headers = append(headers, "Authorization", tc.authorization)
		}
		status, body := g.as(t, "", "GET", tc.target, "", headers...)
		if status != tc.status || !strings.Contains(strings.ReplaceAll(body, `\/`, "/"), tc.want) {
			t.Errorf("%s: got %d %.300s, want %d with %s", tc.name, status, body, tc.status, tc.want)
		}
		if strings.Contains(body, `"admin"`) || strings.Contains(body, "administrator") {
			t.Errorf("%s: the site received an identity: %.300s", tc.name, body)
		}
	}
}

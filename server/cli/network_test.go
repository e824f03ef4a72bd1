package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/server/app"
)

// networkConfig makes a WordPress the first site of a network whose sites are directories
// of one host, once there is a file "network".
const networkConfig = `
define('WP_HOME', 'http://%[1]s'); define('WP_SITEURL', 'http://%[1]s');
if (file_exists(__DIR__ . '/network')) {
    define('MULTISITE', true); define('SUBDOMAIN_INSTALL', false); define('DOMAIN_CURRENT_SITE', '%[1]s');
    define('PATH_CURRENT_SITE', '/'); define('SITE_ID_CURRENT_SITE', 1); define('BLOG_ID_CURRENT_SITE', 1);
}`

// newNetwork starts a network at a host, with a second site in /shop. editor1 is an author
// of the shop, owner1 a member of the shop alone, and sub1 of the first site alone.
func newNetwork(t *testing.T, host string) *parts.Site {
	t.Helper()
	site := parts.WordPress(t, fmt.Sprintf(networkConfig, host))
	named := *site
	named.URL = "http://" + host
	named.Run(t, `
foreach ($wpdb->tables('ms_global') as $table => $name) { $wpdb->$table = $name; }
install_network();
$done = populate_network(1, '`+host+`', 'admin@example.test', 'Network', '/', false);
if (is_wp_error($done) && $done->get_error_code() !== 'no_wildcard_dns') { throw new Exception($done->get_error_message()); }`)
	parts.Write(t, site.Dir, "network", "")
	named.Run(t, `
$shop = wp_insert_site(['domain' => '`+host+`', 'path' => '/shop/', 'network_id' => 1, 'title' => 'Shop', 'user_id' => 1]);
if (is_wp_error($shop)) { throw new Exception($shop->get_error_message()); }
$wpdb->update($wpdb->blogs, ['domain' => '`+host+`'], ['blog_id' => $shop]); // which WordPress has written without the colon
clean_blog_cache(get_site($shop));
switch_to_blog($shop);
foreach (['home', 'siteurl'] as $name) { update_option($name, 'http://`+host+`/shop'); }
update_option('permalink_structure', '/%postname%/');
restore_current_blog();
add_user_to_blog($shop, get_user_by('login', 'editor1')->ID, 'author');
$owner = wpmu_create_user('owner1', 'owner1-pass', 'owner1@example.test');
add_user_to_blog($shop, $owner, 'administrator');
remove_user_from_blog($owner, 1);`)
	return site
}

// serveHere runs the server of the current directory until the test ends.
func serveHere(t *testing.T, gateway string) {
	t.Helper()
	t.Setenv("CARDEA_SERVER__ADMIN_LISTEN", parts.Port(t))
	t.Setenv("CARDEA_SERVER__SHUTDOWN_DELAY", "0")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan int, 1)
	var log bytes.Buffer
	go func() { done <- Program{}.run(ctx, []string{"serve"}, nil, &log, &log) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		stop()
		if code := <-done; code != 0 {
			t.Errorf("serve: exit %d\n%s", code, &log)
		}
	})
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get(gateway + "/.well-known/jwks.json")
		if err == nil {
			res.Body.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the server does not answer: %v", err)
		}
	}
}

// TestQuickstart_sites puts a real network behind one gateway: a token counts at its own
// site, and its user has the roles of that site.
func TestQuickstart_sites(t *testing.T) {
	app.Quiet()
	host := parts.Port(t)
	site, gateway := newNetwork(t, host), "http://"+host
	site.DB.Exec(t, "", "CREATE USER ro@127.0.0.1 IDENTIFIED BY 'ro-pass'; GRANT SELECT ON wordpress.* TO ro@127.0.0.1;")
	dir, err := os.MkdirTemp("", "quick") // short, for the control socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	t.Chdir(dir)
	var out bytes.Buffer
	quickstart := func(account string) int {
		out.Reset()
		return Program{}.run(t.Context(), []string{
			"quickstart", "--wordpress", gateway, "--upstream", site.URL, "--dsn", account + "@tcp(" + site.DB.Addr + ")/wordpress", "--listen", host,
		}, nil, &out, &out)
	}
	for _, table := range []string{"users", "usermeta", "options", "blogs", "sitemeta"} {
		site.DB.Exec(t, "", "CREATE USER IF NOT EXISTS few@127.0.0.1 IDENTIFIED BY 'few-pass'; GRANT SELECT ON wordpress.wp_"+table+" TO few@127.0.0.1;")
	}
	if code := quickstart("few:few-pass"); code == 0 || !strings.Contains(out.String(), "nothing was written: site 2 of the network") {
		t.Errorf("an account that may not read the shop: exit %d\n%s", code, &out)
	}
	if code := quickstart("ro:ro-pass"); code != 0 || !strings.Contains(out.String(), "site 2 at "+host+"/shop/: served too, by mount and upstream site2") {
		t.Fatalf("exit %d\n%s", code, &out)
	}
	plugin, err := os.ReadFile("cardea.php")
	if err != nil {
		t.Fatal(err)
	}
	parts.Write(t, site.Dir, "wp-content/mu-plugins/cardea.php", string(plugin))
	addRule(t, `  - {name: settings, path: /wp-json/wp/v2/settings, access: required, roles: [administrator], upstream: wordpress}
  - {name: site2-settings, path: /shop/wp-json/wp/v2/settings, access: required, roles: [administrator], upstream: site2}
`)
	serveHere(t, gateway)
	testNetworkLogins(t, gateway)
	for path, rest := range map[string]string{"": "/wp-json", "/shop": "/shop/wp-json"} {
		out.Reset()
		Program{}.run(t.Context(), []string{"doctor", gateway + path, "--direct", site.URL + path}, nil, &out, &out)
		for _, want := range []string{"ok   rest api", "ok   token endpoints", "ok   authorization", "ok   issuer", "ok   rest path        " + rest, "ok   network          2 sites", "ok   clock", "ok   direct access"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("doctor %s%s: want %q in\n%s", gateway, path, want, &out)
			}
		}
	}
}

// addRule adds lines to the rules, which are the end of the written configuration.
func addRule(t *testing.T, lines string) {
	t.Helper()
	text, err := os.ReadFile("cardea.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("cardea.yaml", append(text, lines...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// testNetworkLogins tests users x site of login x site of the request.
func testNetworkLogins(t *testing.T, gateway string) {
	const main, shop = "", "/shop"
	for _, c := range []struct {
		user, login string
		roles       map[string]string // by site where the token counts; none: no login
		settings    int               // by the rule for administrators, at the site of the login
	}{
		{"admin", main, map[string]string{main: "administrator"}, 200},
		{"admin", shop, map[string]string{shop: "administrator"}, 200},
		{"editor1", main, map[string]string{main: "editor"}, 403},
		{"editor1", shop, map[string]string{shop: "author"}, 403},
		{"owner1", shop, map[string]string{shop: "administrator"}, 200},
		{"owner1", main, nil, 0},
		{"sub1", main, map[string]string{main: "subscriber"}, 403},
		{"sub1", shop, nil, 0},
	} {
		token := networkLogin(t, gateway+c.login, c.user)
		if (token == "") != (c.roles == nil) {
			t.Errorf("%s at %q: token %q, want one: %v", c.user, c.login, token, c.roles != nil)
			continue
		}
		if token == "" {
			continue
		}
		for _, at := range []string{main, shop} {
			for _, target := range []string{at + "/wp-json/wp/v2/users/me?context=edit", at + "/?rest_route=/wp/v2/users/me&context=edit", at + "/index.php/wp-json/wp/v2/users/me?context=edit"} {
				status, roles := networkRoles(t, gateway+target, token)
				if want := c.roles[at]; (want == "") != (status != 200) || want != roles {
					t.Errorf("%s of %q at %s: %d with roles %q, want %q", c.user, c.login, target, status, roles, want)
				}
			}
		}
		if status, _ := networkRoles(t, gateway+c.login+"/wp-json/wp/v2/settings", token); status != c.settings {
			t.Errorf("%s at the settings of %q: %d, want %d", c.user, c.login, status, c.settings)
		}
	}
}

// networkLogin returns the token of a login at a site, "" if it is refused.
func networkLogin(t *testing.T, site, user string) string {
	t.Helper()
	password := user + "-pass"
	if user == "admin" {
		password = parts.AdminPassword
	}
	res, err := http.Post(site+"/wp-json/jwt-auth/v1/token", "application/json", strings.NewReader(`{"username":"`+user+`","password":"`+password+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body struct{ Token string }
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil || (body.Token == "") != (res.StatusCode == 403) {
		t.Fatalf("login of %s at %s: %d, %v", user, site, res.StatusCode, err)
	}
	return body.Token
}

// networkRoles returns the roles in the answer to a request with a token.
func networkRoles(t *testing.T, address, token string) (status int, roles string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	var user struct{ Roles []string }
	_ = json.Unmarshal(text, &user) // a refusal has none
	slices.Sort(user.Roles)
	return res.StatusCode, strings.Join(user.Roles, " ")
}

package wordpress_test

import (
	"encoding/base64"
	"strings"
	"testing"
)

// testIntrospect asks which application password a request was made with: the site answers
// as where it has checked the password itself, and notes the use.
func testIntrospect(t *testing.T, g gateway) {
	password := g.site.Run(t, "list($p) = WP_Application_Passwords::create_new_application_password(2, ['name' => 'robot']); echo $p;")
	g.site.Run(t, "WP_Application_Passwords::create_new_application_password(2, ['name' => 'another']);")
	basic := func(password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte("editor1:"+password))
	}
	token := "Bearer " + g.login(t, "editor1", "editor1-pass")
	ofPassword := "Bearer " + g.login(t, "editor1", password)
	const me, list = "/wp/v2/users/me", "/wp/v2/users/me/application-passwords"
	for _, tc := range []struct {
		name, authorization, route string
		status                     int
		want                       string
	}{
		{"a route before", basic(password), me, 200, "Edna Editor"},
		{"introspection", basic(password), list + "/introspect", 200, `"name":"robot"`},
		{"its use is noted", basic(password), list + "/introspect", 200, `"last_ip":"127.0.0.1"`},
		{"with blanks", basic(password[:4] + " " + password[4:]), list + "/introspect", 200, `"name":"robot"`},
		{"by number", basic(password), "/wp/v2/users/2/application-passwords/introspect", 200, `"name":"robot"`},
		{"of another user", basic(password), "/wp/v2/users/4/application-passwords/introspect", 403, "rest_cannot_introspect_app_password"},
		{"an account password", basic("editor1-pass"), list + "/introspect", 404, "rest_no_authenticated_app_password"},
		{"a token", token, list + "/introspect", 404, "rest_no_authenticated_app_password"},
		{"a token of an application password", ofPassword, list + "/introspect", 404, "rest_no_authenticated_app_password"},
		{"nobody", "", list + "/introspect", 401, "no_credential"},
	} {
		for _, target := range []string{"/wp-json" + tc.route, "/?rest_route=" + tc.route} {
			var headers []string
			if tc.authorization != "" {
				headers = []string{"Authorization", tc.authorization}
			}
			if status, body := g.as(t, "", "GET", target, "", headers...); status != tc.status || !strings.Contains(body, tc.want) {
				t.Errorf("%s at %s: got %d %.300s, want %d with %s", tc.name, target, status, body, tc.status, tc.want)
			}
		}
	}
	if got := g.site.Run(t, "echo implode(',', array_map(function ($p) { return $p['name'] . ($p['last_used'] ? ' used' : ''); }, WP_Application_Passwords::get_user_application_passwords(2)));"); got != "robot used,another" {
		t.Errorf("the site noted %q", got)
	}
	g.site.Run(t, "WP_Application_Passwords::delete_all_application_passwords(2);")
	if status, body := g.as(t, "", "GET", "/wp-json"+list+"/introspect", "", "Authorization", basic(password)); status != 401 {
		t.Errorf("a deleted one: got %d %.300s, want status 401", status, body)
	}
}
